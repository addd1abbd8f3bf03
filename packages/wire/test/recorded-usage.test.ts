import { join } from 'node:path'
import type { Meter, WireFormatName } from '@vendo/contract'
import {
  type Chunking,
  type ExpectedUsage,
  listTranscripts,
  loadExpectedUsage,
  loadTranscript,
  perByte,
  perEvent,
  randomChunks,
  recordingSets,
  seedFrom,
  type Transcript,
  whole,
} from '@vendo/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { createUsageReader, readRequestFacts, type UsageReading } from '../src/index.ts'

const formatOf = ({ provider, meta }: Transcript): WireFormatName => {
  if (provider === 'anthropic') return 'anthropic-messages'
  if (provider === 'openai-embeddings') return 'openai-embeddings'
  if (provider === 'gemini') return 'gemini-generate'
  return provider.startsWith('openai-responses') || /\/responses/.test(meta.uri ?? '')
    ? 'openai-responses'
    : 'openai-chat'
}

const read = (transcript: Transcript, split: Chunking): UsageReading => {
  const contentType = transcript.streamed ? 'sse' : 'json'
  const reader = createUsageReader({ wireFormat: formatOf(transcript), contentType })
  for (const chunk of split(transcript.response)) reader.push(chunk)
  return reader.read()
}

/** The file's columns, in which OpenAI's cache writes, audio and images are inside `input_uncached`. */
const columns = ({ usage, reported, flags }: UsageReading, provider: string): Record<string, number | boolean> => {
  const sum = (...meters: Meter[]) => meters.reduce((total, meter) => total + (usage?.quantities[meter] ?? 0), 0)
  const writes = provider === 'anthropic' ? 0 : sum('cache_write_5m')
  return {
    input_uncached: sum('input', 'input_audio', 'input_image') + writes,
    cache_read: sum('cache_read', 'cache_read_audio'),
    cache_write_total: sum('cache_write_5m', 'cache_write_1h'),
    cache_write_5m: reported?.cacheWrite5m ?? 0,
    cache_write_1h: reported?.cacheWrite1h ?? 0,
    output: sum('output', 'output_audio', 'output_image'),
    reasoning: usage?.reasoning ?? 0,
    web_search: sum('web_search'),
    web_fetch: sum('web_fetch'),
    audio_in: sum('input_audio', 'cache_read_audio'),
    split_mismatch: flags.includes('split_mismatch'),
    reported_cost_usd: Number(usage?.reportedCostUsd),
  }
}

const splits: readonly (readonly [string, (transcript: Transcript) => Chunking])[] = [
  ['whole', () => whole],
  ['per event', () => perEvent],
  ['per byte', () => perByte],
  ['in random chunks', ({ id }) => randomChunks(seedFrom(id))],
]

const providers = new Set([
  'anthropic',
  'openai-chat',
  'openai-responses',
  'openai-responses-other',
  'openai-embeddings',
  'openrouter',
  'gemini',
])

type Recorded = readonly [Transcript, ExpectedUsage | undefined]

const load = async (root: string): Promise<readonly Recorded[]> => {
  const expected = await loadExpectedUsage(join(root, 'expected_usage.jsonl'))
  const references = (await listTranscripts(root)).filter(({ provider }) => providers.has(provider))
  return Promise.all(
    references.map(async (reference) => [
      await loadTranscript(reference),
      expected.get(`${reference.provider}/${reference.id}`),
    ]),
  )
}

describe.each(recordingSets())('$set', ({ root }) => {
  let recordings: readonly Recorded[]
  beforeAll(async () => {
    recordings = await load(root)
  })

  it('has every format, whole and streamed, with its usage', () => {
    const kinds = new Set(
      recordings.flatMap(([transcript, expected]) =>
        expected === undefined ? [] : [`${formatOf(transcript)}, ${transcript.streamed ? 'streamed' : 'whole'}`],
      ),
    )
    const streamed = ['anthropic-messages', 'openai-chat', 'gemini-generate']
    const whole = [...streamed, 'openai-responses', 'openai-embeddings']
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        ...streamed.map((format) => `${format}, streamed`),
        ...whole.map((format) => `${format}, whole`),
      ]),
    )
  })

  it.each(splits)('read %s they give the expected usage', async (_, splitOf) => {
    let compared = 0
    for (const [transcript, expected] of recordings) {
      const reading = read(transcript, splitOf(transcript))
      const name = `${transcript.provider}/${transcript.id}`
      expect({ name, ...reading }).toEqual({ name, ...read(transcript, whole) })
      if (expected === undefined) continue
      const got = columns(reading, transcript.provider)
      expect({ name, ...Object.fromEntries(Object.keys(expected.counts).map((key) => [key, got[key]])) }).toEqual({
        name,
        ...expected.counts,
      })
      compared++
    }
    expect(compared).toBeGreaterThanOrEqual(40)
  })

  it('ordinary answers end, name their model, and raise no finding about unknown keys', () => {
    const ordinary = recordings.filter(([, expected]) => expected !== undefined)
    expect(ordinary.length).toBeGreaterThanOrEqual(40)
    for (const [transcript] of ordinary) {
      const reading = read(transcript, whole)
      const name = `${transcript.provider}/${transcript.id}`
      expect({ name, complete: reading.complete, pending: reading.pending }).toEqual({
        name,
        complete: true,
        pending: false,
      })
      expect(reading.flags.filter((flag) => /^(unknown|bad|unreadable|event)/.test(flag))).toEqual([])
    }
  })

  it('the visible output bounds the output that was not hidden reasoning', () => {
    const streamed = recordings.filter(([transcript, expected]) => expected !== undefined && transcript.streamed)
    expect(streamed.length).toBeGreaterThanOrEqual(8)
    for (const [transcript] of streamed) {
      const { usage, visibleOutputBytes } = read(transcript, whole)
      const visible = (usage?.quantities.output ?? 0) - (usage?.reasoning ?? 0)
      expect({ id: transcript.id, bounded: visibleOutputBytes >= visible }).toEqual({
        id: transcript.id,
        bounded: true,
      })
    }
  })

  it('the facts of each request bound its text and never throw', () => {
    const asked = recordings.filter(([{ request }]) => request !== undefined)
    expect(asked.length).toBeGreaterThanOrEqual(40)
    for (const [transcript] of asked) {
      const { request = Buffer.alloc(0) } = transcript
      const { uri = '' } = transcript.meta
      const body: unknown = JSON.parse(request.toString())
      const facts = readRequestFacts(formatOf(transcript), body, request.length, { path: uri })
      expect(facts.model).toEqual(expect.any(String))
      expect(facts.textBytes).toBeLessThanOrEqual(request.length)
      expect(facts.textBytes).toBeGreaterThan(0)
    }
  })
})
