import { expect } from 'vitest'
import { type Bench, keyOf, noon, type OpenStore, rule, settlementOf } from './bench.ts'

const estimate = { state: 'estimated', reason: 'client_gone', flags: ['estimated'] } as const
const conflict = { code: 'idempotency_conflict' }
const invalid = { code: 'validation_failed' }

const refund = ({ store }: Bench, attemptId: string, amountNanos: bigint | null = null) =>
  store.refund({ attemptId, amountNanos, reason: 'test refund', authorKeyId: 'operator' })

const settleEstimate = async (bench: Bench): Promise<void> => {
  const { store, credit, hold, settle } = bench
  await store.createKey(keyOf({ id: 'operator', tenantId: null, kind: 'management', scope: 'operator', appId: null }))
  await credit(1000n)
  await hold({ attemptId: 'one' })
  await settle('one', estimate)
}

/** What an operator may give back. */
export const refundRules = (openStore: OpenStore): void => {
  rule('a refund moves the wallet and every cap back', openStore, async (bench) => {
    const { store } = bench
    await settleEstimate(bench)
    await store.setLimits({
      scope: { kind: 'app', id: 'acme-app' },
      tenantId: 'acme',
      limits: { spend_day_usd: '0.0000001' },
      authorKeyId: null,
    })
    expect(await bench.hold()).toMatchObject({ code: 'spend_cap_daily' })
    expect(await refund(bench, 'one')).toEqual({ walletNanos: 100n, spendNanos: 100n })
    expect(await store.balance('acme')).toMatchObject({ settledNanos: 0n, heldNanos: 0n, availableNanos: 1000n })
    expect(await store.keySpend('key-1')).toEqual({ dayNanos: 0n, monthNanos: 0n, totalNanos: 0n })
    expect(await bench.hold()).toMatchObject({ admitted: true })
  })

  rule('a call and its bill show the refund, and why it was an estimate', openStore, async (bench) => {
    await settleEstimate(bench)
    expect(await refund(bench, 'one', 30n)).toEqual({ walletNanos: 30n, spendNanos: 30n })
    const [call] = await bench.store.listCalls({ tenantId: 'acme', limit: 1 })
    expect(call).toMatchObject({ ...estimate, flags: ['estimated', 'refunded'], walletNanos: 70n, spendNanos: 70n })
    expect(call).toMatchObject({ listNanos: 80n, tokens: 8, quantities: { input: 3, output: 5 } })
    expect(await bench.store.getCall('one')).toEqual(call)
    const usage = await bench.store.summarizeUsage({ tenantId: 'acme', groupBy: 'key' })
    expect(usage).toMatchObject([{ calls: 1, chargeNanos: 70n, listNanos: 80n }])
  })

  rule('an orphan can be given back, after a month as well', openStore, async (bench) => {
    await settleEstimate(bench)
    await bench.hold({ attemptId: 'orphan' })
    await bench.store.settleOrphans(null)
    bench.clock.now = noon + 40 * 24 * 3_600_000
    await refund(bench, 'orphan')
    expect((await bench.store.balance('acme')).settledNanos).toBe(100n)
    expect((await bench.store.keySpend('key-1')).totalNanos).toBe(100n)
  })

  rule('a call with its own credential gives back what it counted against caps', openStore, async (bench) => {
    await settleEstimate(bench)
    await bench.hold({ attemptId: 'own', walletNanos: 0n })
    await bench.settle('own', { ...estimate, walletNanos: 0n })
    expect(await refund(bench, 'own', 60n)).toEqual({ walletNanos: 0n, spendNanos: 60n })
    expect((await bench.store.keySpend('key-1')).totalNanos).toBe(140n)
  })

  rule('there is one correction, whoever makes it', openStore, async (bench) => {
    await settleEstimate(bench)
    const results = await Promise.allSettled([1n, 2n, 3n].map((amount) => refund(bench, 'one', amount)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(refund(bench, 'one')).rejects.toMatchObject(conflict)
    await bench.hold({ attemptId: 'two' })
    await bench.settle('two', { ...estimate, reason: 'background', responseId: 'r-1' })
    await refund(bench, 'two')
    expect(await bench.store.correct(settlementOf('two'))).toBe(false)
    expect(await bench.store.findPendingResponse('acme', 'r-1')).toBeNull()
  })

  rule('only an estimate is given back, and no more than it counted', openStore, async (bench) => {
    const { hold, settle } = bench
    await settleEstimate(bench)
    await expect(refund(bench, 'never-held')).rejects.toMatchObject({ code: 'not_found' })
    await hold({ attemptId: 'open' })
    await expect(refund(bench, 'open')).rejects.toMatchObject(invalid)
    await hold({ attemptId: 'actual' })
    await settle('actual')
    await expect(refund(bench, 'actual')).rejects.toMatchObject(invalid)
    await hold({ attemptId: 'released' })
    await settle('released', { state: 'released', reason: 'unreachable', walletNanos: 0n, spendNanos: 0n })
    await expect(refund(bench, 'released')).rejects.toMatchObject(invalid)
    await hold({ attemptId: 'nothing' })
    await settle('nothing', { ...estimate, walletNanos: 0n, spendNanos: 0n })
    await expect(refund(bench, 'nothing')).rejects.toMatchObject(invalid)
    for (const amount of [101n, 0n, -1n]) await expect(refund(bench, 'one', amount)).rejects.toMatchObject(invalid)
    expect((await bench.store.balance('acme')).settledNanos).toBe(200n)
  })
}
