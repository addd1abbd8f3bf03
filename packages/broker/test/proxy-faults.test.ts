import { createBarrier, htmlAnswer, neverAnswer, redirectAnswer } from '@vendo/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { anthropicRequest, messageAnswer, messageEvents, messageStream } from './answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './harness.ts'
import { answered, open } from './http-client.ts'

let broker: TestBroker
const start = async (options: TestBrokerOptions) => {
  broker = await startTestBroker(options)
  return broker
}
afterEach(async () => {
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

const path = '/anthropic/v1/messages'
const shortTimeouts = { connectMs: 500, firstByteMs: 1_000, idleMs: 1_000, totalMs: 300 }

describe('an upstream that fails before it answers', () => {
  it('that closes the connection: 502, settled as an estimate', async () => {
    await start({
      script: () => {
        throw new Error('cut')
      },
    })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([502, 'upstream_error'])
    expect(answer.headers['x-should-retry']).toBeUndefined()
    expect(await broker.calls()).toMatchObject([{ state: 'estimated', reason: 'upstream_died' }])
  })

  it('that never answers: 504 after the timeout, settled as an estimate', async () => {
    await start({ script: neverAnswer(), broker: { timeouts: shortTimeouts } })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([504, 'upstream_timeout'])
    expect(await broker.calls()).toMatchObject([{ state: 'estimated', reason: 'timeout' }])
  })

  it('that cannot be reached: tried once more, both attempts released', async () => {
    await start({ script: messageAnswer() })
    await broker.upstream.close()
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([502, 'upstream_error'])
    const calls = await broker.calls()
    expect(calls.map(({ state, walletNanos }) => [state, walletNanos])).toEqual([
      ['released', 0n],
      ['released', 0n],
    ])
  })

  it('that redirects: never followed', async () => {
    await start({ script: redirectAnswer('http://127.0.0.1:1/steal', 307) })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([502, 'upstream_error'])
    expect(answer.headers.location).toBeUndefined()
    expect(broker.upstream.requests).toHaveLength(1)
  })

  it('that refuses the pooled credential: 502, and nothing is charged', async () => {
    await start({ script: { status: 401, headers: { 'content-type': 'application/json' }, body: '{"type":"error"}' } })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([502, 'upstream_credentials_exhausted'])
    expect((await broker.calls())[0]).toMatchObject({ state: 'actual', walletNanos: 0n, upstreamStatus: 401 })
  })

  it('that refuses the tenant’s own credential: passed unchanged', async () => {
    const body = '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'
    await start({
      script: { status: 401, headers: { 'content-type': 'application/json', 'request-id': 'req_up' }, body },
      profile: 'byok_static',
    })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.text, answer.headers['request-id']]).toEqual([401, body, 'req_up'])
    expect(answer.headers['vendo-error-code']).toBeUndefined()
  })

  it.each([429, 500, 503, 529])(
    'that answers %i: passed unchanged with its retry headers, and free',
    async (status) => {
      const body = '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}'
      await start({ script: { status, headers: { 'content-type': 'application/json', 'retry-after': '7' }, body } })
      const answer = await broker.send({ path, json: anthropicRequest() })
      expect([answer.status, answer.text, answer.headers['retry-after']]).toEqual([status, body, '7'])
      expect((await broker.calls())[0]).toMatchObject({ walletNanos: 0n })
    },
  )

  it('that sends HTML with a success status: passed, settled as an estimate', async () => {
    await start({ script: htmlAnswer(200) })
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect(answer.status).toBe(200)
    expect((await broker.calls())[0]).toMatchObject({ state: 'estimated' })
  })
})

describe('an upstream that dies inside a stream', () => {
  it.each([
    ['between events', messageEvents.slice(0, 3), 'complete'],
    ['inside an event', [...messageEvents.slice(0, 2), 'event: content_block_delta\ndata: {"type":"conte'], 'complete'],
  ])('%s: an error event in the provider’s shape, then an abnormal close', async (_where, steps) => {
    await start({ script: { ...messageStream(), body: steps, end: 'destroy' } })
    const answer = await broker.send({ path, json: anthropicRequest({ stream: true }) })
    expect(answer.status).toBe(200)
    expect(answer.complete).toBe(false)
    expect(answer.text).toMatch(/\n\nevent: error\ndata: \{"type":"error"/)
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'estimated', reason: 'upstream_died' })
    // Its input was reported at the start: 1000 tokens at $1 per million.
    expect(call?.listNanos).toBeGreaterThanOrEqual(1_000_000n)
    expect(call?.walletNanos).toBeLessThanOrEqual(call?.holdNanos ?? 0n)
  })

  it('half an event, then silence: cut by the timeout', async () => {
    const script = { ...messageStream(), body: ['event: message_start\nda'], end: 'hang' } as const
    await start({ script, broker: { timeouts: shortTimeouts } })
    const answer = await broker.send({ path, json: anthropicRequest({ stream: true }) })
    expect(answer.complete).toBe(false)
    expect((await broker.calls())[0]).toMatchObject({ state: 'estimated', reason: 'timeout' })
  })
})

describe('a client that leaves', () => {
  const leaveAfterFirstByte = async () => {
    const client = open(broker.url, {
      path,
      headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(anthropicRequest({ stream: true })),
    })
    const answer = await answered(client)
    await new Promise((resolve) => answer.once('data', resolve))
    const gone = new Promise((resolve) => client.once('close', resolve))
    answer.on('error', () => undefined)
    client.destroy()
    await gone
  }

  it('while the rest is close: drained to the usage, and billed exactly', async () => {
    const left = createBarrier()
    await start({
      script: { ...messageStream(), body: [...messageEvents.slice(0, 2), left, ...messageEvents.slice(2)] },
    })
    await leaveAfterFirstByte()
    left.open()
    expect(await broker.calls()).toMatchObject([{ state: 'actual', listNanos: 1_500_000n }])
  })

  it('while the provider goes on for long: cut at the provider too, and settled as an estimate', async () => {
    const { upstream } = await start({
      script: { ...messageStream(), body: messageEvents.slice(0, 3), end: 'hang' },
      broker: { drain: { mostMs: 20 } },
    })
    await leaveAfterFirstByte()
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'estimated', reason: 'client_gone' })
    expect(call?.walletNanos).toBeLessThanOrEqual(call?.holdNanos ?? 0n)
    expect(await upstream.requests[0]?.finished).toBe(false)
  })

  it('when too many drains are under way: cut at once', async () => {
    await start({
      script: { ...messageStream(), body: messageEvents.slice(0, 3), end: 'hang' },
      broker: { drain: { mostAtOnce: 0 } },
    })
    await leaveAfterFirstByte()
    expect(await broker.calls()).toMatchObject([{ state: 'estimated', reason: 'client_gone' }])
  })
})

describe('shutdown', () => {
  it('lets a running stream end and settles it', async () => {
    const rest = createBarrier()
    await start({
      script: { ...messageStream(), body: [...messageEvents.slice(0, 2), rest, ...messageEvents.slice(2)] },
    })
    const sent = broker.send({ path, json: anthropicRequest({ stream: true }) })
    await broker.upstream.received(1)
    const closed = broker.close()
    rest.open()
    expect((await sent).complete).toBe(true)
    await closed
    await start({ script: messageAnswer() })
  })
})
