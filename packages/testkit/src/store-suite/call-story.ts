import { isVendoError } from '@vendo/contract'
import { expect } from 'vitest'
import { type Bench, noon, nothing, settlementOf } from './bench.ts'

const mostTries = 20
const hour = 3_600_000

/**
 * Tells a store the story of seven calls, the way a broker does: what the store does not take is tried again, and a hold
 * without an answer is never dispatched but released. Then expects that every call ended once and every nano is where it
 * belongs. A store may fail at any statement of it.
 */
export const tellStory = async (bench: Bench): Promise<void> => {
  const { store, clock } = bench
  const dispatched = new Set<string>()
  const charges = new Map<string, bigint>()

  const hold = async (attemptId: string, changes: Parameters<Bench['hold']>[0] = {}): Promise<void> => {
    try {
      const outcome = await bench.hold({ ...changes, attemptId })
      if (outcome.admitted) dispatched.add(attemptId)
    } catch (error) {
      if (!isUnavailable(error)) throw error
      await insist(() =>
        store.settle(settlementOf(attemptId, { ...nothing, state: 'released', reason: 'not_dispatched' })),
      )
    }
  }
  const settle = async (attemptId: string, walletNanos: bigint, changes: Parameters<Bench['settle']>[1] = {}) => {
    if (!dispatched.has(attemptId)) return
    await insist(() => bench.settle(attemptId, { walletNanos, spendNanos: walletNanos, ...changes }))
    charges.set(attemptId, walletNanos)
  }

  const credit = { id: 'credit', tenantId: 'acme', amountNanos: 1000n, note: 'credit', idempotencyKey: 'credit' }
  await insist(() => store.topUp(credit))
  await Promise.all([hold('exact'), hold('background'), hold('unreached'), hold('dear', { walletNanos: 5000n })])
  await Promise.all([
    settle('exact', 37n),
    settle('background', 60n, { state: 'estimated', reason: 'background', responseId: 'resp-1' }),
    hold('over'),
    settle('unreached', 0n, { ...nothing, state: 'released', reason: 'unreachable' }),
  ])
  await insist(() => store.renewHolds(['over'], 2 * hour))
  await settle('over', 130n)
  if (dispatched.has('background')) {
    await insist(() => store.correct(settlementOf('background', { walletNanos: 20n, spendNanos: 20n })))
    charges.set('background', 20n)
  }
  await hold('orphan', { ttlMs: 1000 })
  clock.now = noon + hour
  await insist(() => store.settleOrphans(noon + hour))
  if (dispatched.has('orphan')) charges.set('orphan', 100n)
  await hold('last')
  await settle('last', 100n)
  await insist(() => store.pruneWindows(noon + hour))
  await expectEnded(bench, charges)
}

const expectEnded = async ({ store }: Bench, charges: ReadonlyMap<string, bigint>): Promise<void> => {
  expect(await insist(() => store.verify())).toMatchObject({ ok: true, problems: [], openHolds: 0 })
  const calls = await insist(() => store.listCalls({ tenantId: 'acme', limit: 100 }))
  for (const { attemptId, walletNanos, state } of calls) {
    expect([attemptId, walletNanos]).toEqual([attemptId, charges.get(attemptId) ?? 0n])
    if (!charges.has(attemptId)) expect([attemptId, state]).toEqual([attemptId, 'released'])
  }
  for (const attemptId of charges.keys()) expect(calls.map((call) => call.attemptId)).toContain(attemptId)
  const total = [...charges.values()].reduce((sum, charge) => sum + charge, 0n)
  expect(await insist(() => store.balance('acme'))).toMatchObject({
    creditNanos: 1000n,
    settledNanos: total,
    heldNanos: 0n,
  })
}

const isUnavailable = (error: unknown): boolean => isVendoError(error) && error.code === 'store_unavailable'

/** Asks until the store answers. */
const insist = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!isUnavailable(error) || tries === mostTries) throw error
    }
  }
}
