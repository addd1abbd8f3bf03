import { request } from 'node:http'
import { type Chunking, type ContentEncoding, encodeContent, perByte, randomChunks, whole } from '@vendo/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, chatEventsWithUsage, chatRequest, message, messageEvents } from '../answers.ts'
import { startTestBroker, type TestBroker } from '../harness.ts'
import { answered } from '../http-client.ts'

const encodings = ['identity', 'gzip', 'br', 'zstd', 'deflate'] as const
type Encoding = (typeof encodings)[number]

const chunkings: Readonly<Record<string, Chunking>> = {
  'one piece': whole,
  'byte by byte': perByte,
  'random pieces': randomChunks(7, 200),
}

interface Answer {
  readonly type: string
  readonly text: string
}

const jsonMessage: Answer = { type: 'application/json', text: ` ${JSON.stringify(message(), null, 1)}\r\n` }
const stream = (events: readonly string[]): Answer => ({
  type: 'text/event-stream; charset=utf-8',
  text: events.join(''),
})
// Line ends, comments and fields that no SDK reads must come through as well.
const oddStream = stream([': hello\r\n\r\n', ...messageEvents.map((event) => `id: é✓\r\nretry: 5\r\n${event}`), '\n\n'])

let answer: { bytes: Buffer; type: string; encoding: Encoding; chunking: Chunking }
let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker({
    creditUsd: '1000',
    script: () => ({
      headers: {
        'content-type': answer.type,
        ...(answer.encoding === 'identity' ? {} : { 'content-encoding': answer.encoding }),
      },
      body: answer.chunking(answer.bytes),
    }),
  })
})
afterAll(async () => {
  const calls = await broker.calls()
  expect(calls.filter(({ state }) => state !== 'actual')).toEqual([])
  expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await broker.close()
})

const encoded = (text: string, encoding: Encoding): Buffer =>
  encoding === 'identity' ? Buffer.from(text) : encodeContent(Buffer.from(text), encoding as ContentEncoding)

const rows = <T>(items: readonly T[]) =>
  items.flatMap((item) =>
    encodings.flatMap((encoding) => Object.keys(chunkings).map((chunking) => [item, encoding, chunking] as const)),
  )

const bodies = {
  'a message': ['/anthropic/v1/messages', anthropicRequest(), jsonMessage],
  'a message stream': ['/anthropic/v1/messages', anthropicRequest({ stream: true }), stream(messageEvents)],
  'a message stream with odd lines': ['/anthropic/v1/messages', anthropicRequest({ stream: true }), oddStream],
  'a chat stream with usage': [
    '/openai/v1/chat/completions',
    chatRequest({ stream: true, stream_options: { include_usage: true } }),
    stream(chatEventsWithUsage),
  ],
} as const

describe('an answer passes byte for byte', () => {
  it.each(rows(Object.keys(bodies) as (keyof typeof bodies)[]))('%s as %s in %s', async (name, encoding, chunking) => {
    const [path, json, { type, text }] = bodies[name]
    const bytes = encoded(text, encoding)
    answer = { bytes, type, encoding, chunking: chunkings[chunking]! }
    const got = await broker.send({ path, json, headers: { 'accept-encoding': encoding } })
    expect([got.status, got.complete, got.headers['content-encoding'] ?? 'identity']).toEqual([200, true, encoding])
    expect(got.body.equals(bytes)).toBe(true)
  })
})

describe('a request body passes byte for byte', () => {
  const oddBody = Buffer.from(
    `\n{ "messages" :[{"content":"\\u00e9 é ✓ \\ud83d\\ude00 😀\\/","role":"user"}],\t"max_tokens":1e2,"metadata":{"n":1.0,"big":12345678901234567890},\r\n"model":"claude-haiku-4-5"} \n`,
  )
  it.each(Object.entries(chunkings))('sent with a length and chunked, in %s', async (_name, chunking) => {
    answer = { bytes: Buffer.from(jsonMessage.text), type: jsonMessage.type, encoding: 'identity', chunking: whole }
    for (const framing of [{ 'content-length': String(oddBody.length) }, { 'transfer-encoding': 'chunked' }]) {
      const before = broker.upstream.requests.length
      const client = request(`${broker.url}/anthropic/v1/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json', ...framing },
        agent: false,
      })
      for (const piece of chunking(oddBody)) client.write(piece)
      client.end()
      const got = await answered(client)
      got.resume()
      expect(got.statusCode).toBe(200)
      const sent = broker.upstream.requests[before]
      expect(sent?.body.equals(oddBody)).toBe(true)
      expect([sent?.header('content-length'), sent?.header('transfer-encoding')]).toEqual([
        String(oddBody.length),
        undefined,
      ])
    }
  })
})
