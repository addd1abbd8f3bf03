import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBarrier } from '@vendo/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBroker, openSqliteStore } from '../src/index.ts'
import { anthropicRequest, messageAnswer, messageEvents, messageStream } from './answers.ts'
import { createFaultyStore, type FaultyStore } from './faulty-store.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './harness.ts'
import { testVault } from './test-vault.ts'

const path = '/anthropic/v1/messages'
let broker: TestBroker
let faulty: FaultyStore
const start = async (options: TestBrokerOptions) => {
  broker = await startTestBroker({ ...options, seenByBroker: faulty.seenByBroker })
}
beforeEach(() => {
  faulty = createFaultyStore()
})
afterEach(async () => {
  faulty.fault = () => 'none'
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

const lines = async (): Promise<number> =>
  (await readFile(join(broker.folder, 'outbox', 'pending.jsonl'), 'utf8')).split('\n').filter((line) => line !== '')
    .length

describe('a store that goes down', () => {
  it('cuts no stream, refuses new calls within a second, and has every row when it is back', async () => {
    const rest = createBarrier()
    await start({
      script: { ...messageStream(), body: [...messageEvents.slice(0, 2), rest, ...messageEvents.slice(2)] },
    })
    const running = broker.send({ path, json: anthropicRequest({ stream: true }) })
    await broker.upstream.received(1)
    faulty.fault = () => 'refused'
    const startedAt = performance.now()
    const refused = await broker.send({ path, json: anthropicRequest() })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect([refused.status, refused.headers['vendo-error-code']]).toEqual([503, 'store_unavailable'])
    expect(JSON.parse(refused.text)).toMatchObject({ type: 'error', error: { type: expect.any(String) } })
    rest.open()
    expect((await running).complete).toBe(true)
    faulty.fault = () => 'none'
    expect(await broker.calls()).toMatchObject([{ state: 'actual', listNanos: 1_500_000n }])
    expect(broker.upstream.requests).toHaveLength(1)
  })

  it('that says nothing at all refuses within a second too, and the hold that it made is given back', async () => {
    await start({ script: messageAnswer() })
    await broker.send({ path, json: anthropicRequest() })
    faulty.fault = ({ name }) => (name === 'hold' || name === 'ping' ? 'hangs' : 'none')
    const startedAt = performance.now()
    const [first, second] = [
      await broker.send({ path, json: anthropicRequest() }),
      await broker.send({ path, json: anthropicRequest() }),
    ]
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect([first.status, second.status]).toEqual([503, 503])
    expect(broker.upstream.requests).toHaveLength(1)
  })

  it('after it made a hold: the call is not dispatched, and the hold is given back', async () => {
    await start({ script: messageAnswer() })
    faulty.fault = ({ name }) => (name === 'hold' ? 'lost' : 'none')
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([503, 'store_unavailable'])
    faulty.fault = () => 'none'
    expect(await broker.calls()).toMatchObject([{ state: 'released', reason: 'not_dispatched', walletNanos: 0n }])
    expect(broker.upstream.requests).toEqual([])
    expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(200)
    await broker.calls()
  })

  it('after it settled: the settlement is applied again, and changes nothing', async () => {
    await start({ script: messageAnswer() })
    faulty.fault = ({ name }) => (name === 'settle' ? 'lost' : 'none')
    expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(200)
    expect(await broker.calls()).toMatchObject([{ state: 'actual' }])
    faulty.fault = () => 'none'
    const balance = await broker.store.balance('ten_test')
    expect(balance).toMatchObject({ heldNanos: 0n, settledNanos: 1_800_000n })
  })
})

it('what a broker could not settle before it ended is settled exactly by the next one, and not as an orphan', async () => {
  await start({ script: messageAnswer() })
  faulty.fault = ({ name }) => (name === 'settle' || name === 'ping' ? 'refused' : 'none')
  expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(200)
  const { folder } = broker
  await broker.stopBroker()
  expect(await lines()).toBe(1)
  const store = await openSqliteStore({ path: join(folder, 'ledger.sqlite') })
  const next = createBroker({ store, vault: testVault() })
  await next.listen({ port: 0 })
  const calls = await store.listCalls({ tenantId: 'ten_test', limit: 10 })
  expect(calls).toMatchObject([{ state: 'actual', reason: null, listNanos: 1_500_000n }])
  expect(await lines()).toBe(0)
  await next.close()
  await broker.close()
  faulty = createFaultyStore()
  await start({ script: messageAnswer() })
})
