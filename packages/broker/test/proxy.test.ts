import { gzipSync } from 'node:zlib'
import { jsonAnswer } from '@vendo/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import {
  anthropicRequest,
  chatEventsWithUsage,
  chatRequest,
  chatStreamWithUsage,
  messageAnswer,
  messageEvents,
  messageStream,
} from './answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions, upstreamKey } from './harness.ts'

let broker: TestBroker
const start = async (options: TestBrokerOptions) => {
  broker = await startTestBroker(options)
  return broker
}
afterEach(async () => {
  expect((await broker.store.verify()).problems).toEqual([])
  await broker.close()
})

describe('a JSON call', () => {
  it('passes byte for byte and is billed exactly', async () => {
    const script = messageAnswer({ input_tokens: 1000, cache_read_input_tokens: 2000, output_tokens: 100 })
    const { upstream } = await start({ script })
    const answer = await broker.send({ path: '/anthropic/v1/messages?beta=true', json: anthropicRequest() })
    expect(answer.status).toBe(200)
    expect(answer.text).toBe(script.body)
    expect(upstream.requests[0]?.url).toBe('/v1/messages?beta=true')
    expect(upstream.requests[0]?.body.toString()).toBe(JSON.stringify(anthropicRequest()))
    const [call] = await broker.calls()
    // Haiku 4.5: $1 in, $0.10 cache read, $5 out per million, plus the margin of 20 %.
    expect(call).toMatchObject({
      state: 'actual',
      listNanos: 1_000_000n + 200_000n + 500_000n,
      walletNanos: 2_040_000n,
      cacheSavingsNanos: 1_800_000n,
      servedModel: 'claude-haiku-4-5-20251001',
      upstreamStatus: 200,
    })
    expect((await broker.store.balance('ten_test')).availableNanos).toBe(10_000_000_000n - 2_040_000n)
  })

  it.each(['gzip', 'br', 'deflate', 'zstd'] as const)(
    'passes %s bytes as they are and still reads the usage',
    async (encoding) => {
      await start({ script: { ...messageAnswer(), encoding } })
      const answer = await broker.send({
        path: '/anthropic/v1/messages',
        json: anthropicRequest(),
        headers: { 'accept-encoding': encoding },
      })
      expect(answer.headers['content-encoding']).toBe(encoding)
      expect((await broker.calls())[0]).toMatchObject({ state: 'actual', listNanos: 1_500_000n })
    },
  )

  it('charges the wallet nothing on the tenant’s own credential, and still meters at list price', async () => {
    await start({ script: messageAnswer(), profile: 'byok_static', creditUsd: '0' })
    expect((await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })).status).toBe(200)
    expect((await broker.calls())[0]).toMatchObject({ state: 'actual', walletNanos: 0n, spendNanos: 1_500_000n })
  })
})

describe('a stream', () => {
  it('passes event by event, byte for byte', async () => {
    await start({ script: messageStream() })
    const answer = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest({ stream: true }) })
    expect(answer.text).toBe(messageEvents.join(''))
    expect(answer.complete).toBe(true)
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect((await broker.calls())[0]).toMatchObject({ state: 'actual', listNanos: 1_500_000n, streamed: true })
  })

  it('of OpenAI chat is asked for its usage, which the client never sees', async () => {
    const { upstream } = await start({ script: chatStreamWithUsage() })
    const answer = await broker.send({ path: '/openai/v1/chat/completions', json: chatRequest({ stream: true }) })
    expect(JSON.parse(String(upstream.requests[0]?.body))).toEqual({
      ...chatRequest({ stream: true }),
      stream_options: { include_usage: true },
    })
    expect(upstream.requests[0]?.header('accept-encoding')).toBe('identity')
    expect(answer.text).not.toContain('usage')
    expect(answer.text).toContain('"content":"lo."')
    expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true)
    // gpt-4o-mini: 800 × $0.15 + 200 × $0.075 + 50 × $0.60 per million.
    expect((await broker.calls())[0]).toMatchObject({ state: 'actual', listNanos: 120_000n + 15_000n + 30_000n })
  })

  it('of OpenAI chat whose client asked for usage passes byte for byte', async () => {
    await start({ script: chatStreamWithUsage() })
    const json = chatRequest({ stream: true, stream_options: { include_usage: true } })
    const answer = await broker.send({ path: '/openai/v1/chat/completions', json })
    expect(answer.text).toBe(chatEventsWithUsage.join(''))
  })
})

describe('credentials', () => {
  const carriers = (key: string): [string, Record<string, string>, string][] => [
    ['Authorization', { authorization: `Bearer ${key}` }, ''],
    ['Authorization in lower case', { authorization: `bearer ${key}` }, ''],
    ['x-api-key', { 'x-api-key': key }, ''],
    ['api-key', { 'api-key': key }, ''],
    ['x-goog-api-key', { 'x-goog-api-key': key }, ''],
    ['x-vendo-key', { 'x-vendo-key': key }, ''],
    ['x-bf-vk', { 'x-bf-vk': key }, ''],
    ['?key=', {}, `?key=${key}`],
    ['one beside a dummy', { authorization: 'Bearer dummy-key', 'x-api-key': key }, ''],
    ['the same key twice', { authorization: `Bearer ${key}`, 'x-api-key': key }, ''],
  ]
  it('are accepted in every header that SDKs use, and exactly one reaches the provider', async () => {
    const { upstream, key } = await start({ script: () => messageAnswer() })
    for (const [name, headers, query] of carriers(key)) {
      const answer = await broker.send({
        path: `/anthropic/v1/messages${query}`,
        json: anthropicRequest(),
        headers: { authorization: '', ...headers },
      })
      expect([name, answer.status]).toEqual([name, 200])
    }
    expect(upstream.requests).toHaveLength(carriers(key).length)
    for (const request of upstream.requests) {
      expect(request.header('x-api-key')).toBe(upstreamKey)
      expect(request.header('authorization')).toBeUndefined()
      expect(request.url + request.rawHeaders.join()).not.toContain('vendo')
    }
  })

  it('of the pool never come back, not even when the provider echoes them', async () => {
    const echo = JSON.stringify({ error: { message: `bad key ${upstreamKey}` } })
    await start({
      script: { status: 400, headers: { 'content-type': 'application/json', 'x-echo': upstreamKey }, body: [...echo] },
    })
    const answer = await broker.send({ path: '/openai/v1/chat/completions', json: chatRequest() })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.headers) + answer.text).not.toContain(upstreamKey)
    expect(answer.body).toHaveLength(echo.length)
  })
})

describe('free routes', () => {
  it('cost nothing, leave a row, and catalogs are asked for once', async () => {
    const { upstream } = await start({ script: () => jsonAnswer({ object: 'list', data: [] }) })
    for (let round = 0; round < 3; round++) {
      expect((await broker.send({ method: 'GET', path: '/openai/v1/models' })).json()).toEqual({
        object: 'list',
        data: [],
      })
    }
    expect(upstream.requests).toHaveLength(1)
    const calls = await broker.calls()
    expect(calls.map(({ state, listNanos }) => [state, listNanos])).toEqual(Array(3).fill(['actual', 0n]))
  })

  it('are limited to 60 a minute', async () => {
    await start({ script: () => jsonAnswer({ input_tokens: 1 }), broker: {} })
    const statuses = new Set<number>()
    for (let round = 0; round < 130; round++) {
      const path = '/anthropic/v1/messages/count_tokens'
      statuses.add((await broker.send({ path, json: anthropicRequest() })).status)
    }
    expect(statuses).toEqual(new Set([200, 429]))
  })
})

it('accepts what the official SDKs compress nothing of, and refuses a compressed body', async () => {
  await start({ script: messageAnswer() })
  const answer = await broker.send({
    path: '/anthropic/v1/messages',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify(anthropicRequest())),
  })
  expect([answer.status, answer.headers['vendo-error-code']]).toEqual([415, 'unsupported_encoding'])
})
