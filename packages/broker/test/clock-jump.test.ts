import { createBarrier } from '@vendo/testkit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { createFaultyStore, type FaultyStore } from './faulty-store.ts'
import { startTestBroker, type TestBroker } from './harness.ts'

const path = '/anthropic/v1/messages'
const sweepMs = 60_000
const hour = 3_600_000
const noon = Date.UTC(2026, 10, 20, 12)
let now: number
let faulty: FaultyStore
let broker: TestBroker | undefined

beforeEach(() => {
  now = noon
  faulty = createFaultyStore()
  // The sweep's own timer, and nothing that a call or a test waits for.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await broker?.close()
})

/** A broker whose clock, and whose store's clock, is `now`, with one call that waits for its upstream. */
const startWithCall = async (limits = {}) => {
  const barrier = createBarrier()
  broker = await startTestBroker({
    limits,
    script: async () => {
      await barrier.wait()
      return messageAnswer({ input_tokens: 10, output_tokens: 5 })
    },
    openStore: (folder) => openSqliteStore({ path: `${folder}/ledger.sqlite`, clock: () => now }),
    seenByBroker: faulty.seenByBroker,
    broker: { clock: () => now },
  })
  const answer = broker.send({ path, json: anthropicRequest() })
  await broker.upstream.received(1)
  return { broker, answer, barrier }
}

/** Lets the next sweep come, and waits until the last thing that it asks the store was asked. */
const sweep = async (last: 'renewHolds' | 'pruneWindows'): Promise<void> => {
  const before = faulty.calls.filter((name) => name === last).length
  vi.advanceTimersByTime(sweepMs)
  await vi.waitFor(() => expect(faulty.calls.filter((name) => name === last).length).toBe(before + 1))
  // One more question is answered after those before it.
  await broker?.store.ping()
}

it.each([
  ['an hour', hour],
  ['a week', 7 * 24 * hour],
])('a clock that jumps ahead by %s settles no call in flight as an orphan', async (_what, jump) => {
  const { broker, answer, barrier } = await startWithCall({ requests_per_minute: 9, tokens_per_minute: 99_999 })
  now += jump
  await sweep('pruneWindows')
  const asked = faulty.calls.filter((name) => name === 'renewHolds' || name === 'settleOrphans')
  // The first one is that of the start.
  expect(asked).toEqual(['settleOrphans', 'renewHolds', 'settleOrphans'])
  barrier.open()
  expect((await answer).status).toBe(200)
  expect(await broker.calls()).toMatchObject([{ state: 'actual', flags: [] }])
  expect(await broker.store.verify()).toMatchObject({ ok: true, problems: [], openHolds: 0 })
})

it('nothing is settled as an orphan while calls in flight cannot be renewed', async () => {
  const { broker, answer, barrier } = await startWithCall()
  faulty.fault = ({ name }) => (name === 'renewHolds' ? 'refused' : 'none')
  now += hour
  await sweep('renewHolds')
  expect(faulty.calls.filter((name) => name === 'settleOrphans')).toHaveLength(1)
  expect(await broker.store.verify()).toMatchObject({ openHolds: 1 })
  faulty.fault = () => 'none'
  barrier.open()
  expect((await answer).status).toBe(200)
  expect(await broker.calls()).toMatchObject([{ state: 'actual' }])
})

it('a clock that comes back after a jump finds the minutes, the money and the calls as they were', async () => {
  const { broker, answer, barrier } = await startWithCall({ requests_per_minute: 9, spend_day_usd: '5' })
  barrier.open()
  await answer
  const [spent] = await broker.calls()
  now += hour
  await sweep('pruneWindows')
  now = noon
  for (let call = 2; call <= 9; call++) {
    expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(200)
  }
  // An hour is not enough to forget a minute: the tenth call of it is refused still.
  expect((await broker.send({ path, json: anthropicRequest() })).status).toBe(429)
  expect(spent).toMatchObject({ state: 'actual' })
  await broker.calls()
  expect(await broker.store.verify()).toMatchObject({ ok: true, problems: [], openHolds: 0 })
})

it('a call that nothing answers for any more is settled at its hold: at the next start, and by the next sweep', async () => {
  const attempt = (attemptId: string) => ({
    ...{ attemptId, requestId: attemptId, tenantId: 'ten_test', keyId: 'key_gone', appId: 'app_test' },
    ...{ connectionId: 'con_anthropic', integration: 'anthropic', route: 'POST /v1/messages', model: null },
    ...{ streamed: false, walletNanos: 70n, spendNanos: 70n, tokens: 0, defaultRequestsPerMinute: null, ttlMs: hour },
  })
  broker = await startTestBroker({
    script: messageAnswer(),
    openStore: (folder) => openSqliteStore({ path: `${folder}/ledger.sqlite`, clock: () => now }),
    seenByBroker: (store) => {
      const seen = faulty.seenByBroker(store)
      // What an earlier process left open, at the moment that the next one looks.
      return {
        ...store,
        settleOrphans: async (before) => {
          if (before === null) await leaveOpen('left')
          return seen.settleOrphans(before)
        },
        renewHolds: seen.renewHolds,
        pruneWindows: seen.pruneWindows,
      }
      async function leaveOpen(id: string): Promise<void> {
        await store.createKey({
          ...{
            id: 'key_gone',
            tenantId: 'ten_test',
            kind: 'inference',
            scope: 'app',
            name: 'gone',
            hash: 'f'.repeat(64),
          },
          ...{ display: 'vendo_sk_…gone', appId: 'app_test', connectionId: null, limits: {}, createdAt: 1_000 },
          ...{ expiresAt: null, revokedAt: null },
        })
        expect(await store.hold(attempt(id))).toMatchObject({ admitted: true })
      }
    },
    broker: { clock: () => now },
  })
  const orphan = { state: 'estimated', reason: 'orphaned', flags: ['orphaned'], walletNanos: 70n }
  expect(await broker.calls()).toMatchObject([{ ...orphan, attemptId: 'left' }])
  await broker.store.hold(attempt('newer'))
  await sweep('pruneWindows')
  expect(await broker.store.verify()).toMatchObject({ openHolds: 1 })
  now += hour + 1
  await sweep('pruneWindows')
  const settled = await broker.calls()
  expect(settled).toMatchObject([{ attemptId: 'left' }, { ...orphan, attemptId: 'newer' }])
})
