import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { Secret } from '@vendo/contract'
import { jsonAnswer } from '@vendo/testkit'
import { afterEach, expect, it, vi } from 'vitest'
import { anthropicRequest, messageAnswer, messageEvents } from './answers.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './harness.ts'
import { answered } from './http-client.ts'
import { testVault } from './test-vault.ts'

let broker: TestBroker
const start = async (options: TestBrokerOptions) => {
  broker = await startTestBroker(options)
  return broker
}
afterEach(async () => {
  vi.useRealTimers()
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

const path = '/anthropic/v1/messages'

it('a credential that the vault cannot open: refused, nothing sent, and the hold is given back', async () => {
  const sealed = testVault().seal(new Secret('sealed for another'), {
    tenantId: 'ten_test',
    connectionId: 'con_another',
    field: 'secret',
  })
  const { store, upstream } = await start({
    script: messageAnswer(),
    seenByBroker: (whole) => ({
      ...whole,
      listBoundConnections: async (appId) =>
        (await whole.listBoundConnections(appId)).map((connection) => ({ ...connection, sealed })),
    }),
  })
  const { status, headers } = await broker.send({ path, json: anthropicRequest() })
  expect([status, headers['vendo-error-code']]).toEqual([500, 'vault_unreadable'])
  expect(upstream.requests).toEqual([])
  expect(await broker.calls()).toMatchObject([{ state: 'released', walletNanos: 0n }])
  expect(await store.balance('ten_test')).toMatchObject({ heldNanos: 0n, settledNanos: 0n })
})

it('a hold whose settlement never comes is settled by the sweep of a running broker', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { store } = await start({ script: messageAnswer() })
  // A call has been there, so that the key exists where the hold looks for it.
  expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(200)
  const [call] = await broker.calls()
  const held = await store.hold({
    attemptId: 'att_lost',
    requestId: 'req_lost',
    tenantId: 'ten_test',
    keyId: call?.keyId ?? '',
    appId: 'app_test',
    connectionId: 'con_anthropic',
    integration: 'anthropic',
    route: 'POST /v1/messages',
    model: 'claude-haiku-4-5',
    streamed: false,
    walletNanos: 5_000n,
    spendNanos: 5_000n,
    tokens: 100,
    defaultRequestsPerMinute: null,
    ttlMs: 1,
  })
  expect(held).toMatchObject({ admitted: true })
  let lost = await store.getCall('att_lost')
  expect(lost).toMatchObject({ state: 'open' })
  for (let minute = 0; minute < 10 && lost?.state === 'open'; minute++) {
    await vi.advanceTimersByTimeAsync(60_000)
    lost = await store.getCall('att_lost')
  }
  expect(lost).toMatchObject({ state: 'estimated', reason: 'orphaned', walletNanos: 5_000n })
})

it('a catalog is asked for again once its time is over, and not before', async () => {
  let now = Date.now()
  const { upstream } = await start({
    script: (_request, index) => jsonAnswer({ data: [{ id: `model-${index}` }] }),
    broker: { clock: () => now },
  })
  const list = async () => (await broker.send({ method: 'GET', path: '/anthropic/v1/models' })).json()
  expect([await list(), await list()]).toEqual([{ data: [{ id: 'model-0' }] }, { data: [{ id: 'model-0' }] }])
  now += 299_999
  expect(await list()).toEqual({ data: [{ id: 'model-0' }] })
  now += 1
  expect(await list()).toEqual({ data: [{ id: 'model-1' }] })
  expect(upstream.requests).toHaveLength(2)
})

it('a small answer that decompresses to more than 64 MB is cut, and charged as an estimate', async () => {
  const blank = gzipSync(`: ${'x'.repeat(60_000)}\n\n`.repeat(20))
  const [first = '', ...rest] = messageEvents
  const body = Buffer.concat([gzipSync(first), ...Array.from({ length: 100 }, () => blank), gzipSync(rest.join(''))])
  await start({ script: { headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }, body } })
  const answer = await broker.send({ path, json: anthropicRequest({ stream: true }) })
  expect([answer.status, answer.complete]).toEqual([200, false])
  expect(await broker.calls()).toMatchObject([{ state: 'estimated' }])
})

// One key has a quarter of the room; `body-budget.test.ts` fills all of it.
it('more request bytes at a time than there is room for are refused with 503, until there is room again', async () => {
  await start({ script: () => messageAnswer(), creditUsd: '1000', broker: { maxBufferedBytes: 400_000 } })
  const body = (length: number): string => {
    const empty = JSON.stringify(anthropicRequest({ system: '' }))
    return JSON.stringify(anthropicRequest({ system: 'x'.repeat(length - empty.length) }))
  }
  const json = { 'content-type': 'application/json' }
  const ask = () => broker.send({ path, body: body(60_000), headers: json })
  const startSlow = () => {
    const slow = request(`${broker.url}${path}`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${broker.key}`, 'content-length': '80000' },
    })
    slow.on('error', () => undefined)
    slow.write(body(80_000).slice(0, 70_000))
    return slow
  }
  // Whichever of the two the broker reads first has the room: the slow one must have been it.
  let slow = startSlow()
  let answer = await ask()
  for (let tried = 0; tried < 100 && answer.status === 200; tried++) {
    slow.destroy()
    slow = startSlow()
    answer = await ask()
  }
  const { status, headers } = answer
  expect([status, headers['vendo-error-code'], headers['retry-after']]).toEqual([503, 'overloaded', '1'])
  slow.end(body(80_000).slice(70_000))
  expect((await answered(slow)).statusCode).toBe(200)
  expect((await ask()).status).toBe(200)
})
