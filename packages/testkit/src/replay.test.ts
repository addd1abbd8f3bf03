import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeContent } from './content-encoding.ts'
import { loadExpectedUsage, parseExpectedUsage } from './expected-usage.ts'
import { listTranscripts, loadTranscript, loadTranscripts, parseTranscriptMeta, type Transcript } from './replay.ts'
import { replayAnswer, replayCuts } from './replay-answer.ts'

const root = join(import.meta.dirname, '../test/fixtures/transcripts')

const load = (provider: string, id: string): Promise<Transcript> =>
  loadTranscript({ provider, id, folder: join(root, provider, id) })

describe('loadTranscripts', () => {
  it('finds every exchange in a fixed order and nothing else', async () => {
    const ids: string[] = []
    for await (const { provider, id } of loadTranscripts(root)) ids.push(`${provider}/${id}`)
    expect(ids).toEqual([
      'anthropic/refused-key',
      'anthropic/stream-split-mismatch',
      'openai-chat/stream-usage-asked',
      'openai-chat/stream-without-meta-uri',
      'openrouter/reported-cost',
      'vertex/not-yet',
    ])
    expect(await listTranscripts(root)).toHaveLength(ids.length)
  })

  it('reads what was sent, received and recorded about it', async () => {
    const transcript = await load('anthropic', 'stream-split-mismatch')
    expect(transcript.streamed).toBe(true)
    expect(JSON.parse(String(transcript.request))).toMatchObject({ stream: true })
    expect(transcript.meta).toMatchObject({ status: 200, method: 'POST', model: 'claude-haiku-4-5', stream: true })
    expect(transcript.meta.requestHeaders).toMatchObject({ 'anthropic-version': '2023-06-01' })
  })

  it('leaves out what was not recorded', async () => {
    const transcript = await load('openai-chat', 'stream-without-meta-uri')
    expect(transcript).not.toHaveProperty('request')
    expect(transcript.meta).not.toHaveProperty('uri')
    expect(transcript.meta).not.toHaveProperty('method')
  })

  it('refuses a meta without status', () => {
    expect(() => parseTranscriptMeta('{"stream":true}')).toThrow('no status')
  })
})

describe('loadExpectedUsage', () => {
  it('keys every line and keeps only its counts', async () => {
    const expected = await loadExpectedUsage(join(root, 'expected_usage.jsonl'))
    expect(expected.size).toBe(4)
    expect(expected.get('openai-chat/stream-usage-asked')?.counts).toEqual({
      input_uncached: 32,
      cache_read: 10,
      cache_write_total: 0,
      output: 12,
      reasoning: 8,
      audio_in: 0,
    })
  })

  it.each(['{"id":"x"}', '{"provider":"p","id":"x","output":"12"}', 'not json'])('refuses %s', (line) => {
    expect(() => parseExpectedUsage(line)).toThrow()
  })
})

describe('replayAnswer', () => {
  it.each(replayCuts)('sends the recorded body under the recorded coding, cut by %s', async (cut) => {
    const transcript = await load('anthropic', 'stream-split-mismatch')
    const { answer, sent } = await replayAnswer(transcript, { cut, acceptEncoding: 'br, gzip;q=0.5' })
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip' })
    expect(decodeContent(sent, 'gzip').equals(transcript.response)).toBe(true)
    const chunks = answer.body as readonly Uint8Array[]
    if (cut !== 'whole') expect(Buffer.concat(chunks).equals(sent)).toBe(true)
    if (cut === 'event') expect(chunks).toHaveLength(7)
    if (cut === 'byte') expect(chunks).toHaveLength(sent.length)
  })

  it('sends identity to a client that takes nothing else', async () => {
    const transcript = await load('anthropic', 'stream-split-mismatch')
    const { answer, sent } = await replayAnswer(transcript, { cut: 'whole', acceptEncoding: 'identity' })
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(sent.equals(transcript.response)).toBe(true)
  })
})
