import { expect } from 'vitest'
import { nothing, type OpenStore, rule } from './bench.ts'

const unbounded = { walletNanos: 0n, reservesRest: true } as const

/** A call without a bound holds what is left, so that nothing else is admitted against the same money. */
export const reserveRules = (openStore: OpenStore): void => {
  rule('a reserve is everything that the narrowest cap has left', openStore, async (bench) => {
    const { store, hold } = bench
    const keyId = await bench.key({ spend_day_usd: '0.0000009', spend_total_usd: '0.000001' })
    await hold({ keyId, walletNanos: 0n })
    expect(await hold({ keyId, ...unbounded })).toMatchObject({ admitted: true, reservedNanos: 700n })
    expect(await store.keySpend(keyId)).toMatchObject({ dayNanos: 900n, totalNanos: 900n })
    expect(await hold({ keyId, walletNanos: 0n, spendNanos: 1n })).toMatchObject({ available: 0n })
  })

  rule('the caps of an app and a tenant bound a reserve too', openStore, async (bench) => {
    const scope = { kind: 'tenant', id: 'acme' } as const
    await bench.store.setLimits({
      ...{ scope, tenantId: 'acme', authorKeyId: 'key-1' },
      limits: { spend_month_usd: '0.0000004' },
    })
    const keyId = await bench.key({ spend_total_usd: '0.000001' })
    expect(await bench.hold({ keyId, ...unbounded })).toMatchObject({ reservedNanos: 300n })
    expect(await bench.hold({ walletNanos: 0n })).toMatchObject({
      admitted: false,
      scope: 'tenant',
      heldByOpenCalls: true,
    })
  })

  rule('without a cap nothing is reserved', openStore, async (bench) => {
    const outcome = await bench.hold(unbounded)
    expect(outcome).toMatchObject({ admitted: true })
    expect(outcome).not.toHaveProperty('reservedNanos')
    expect((await bench.store.keySpend('key-1')).totalNanos).toBe(100n)
  })

  rule('a call that does not fit without a reserve is refused', openStore, async (bench) => {
    const keyId = await bench.key({ spend_total_usd: '0.00000009' })
    expect(await bench.hold({ keyId, ...unbounded })).toMatchObject({ admitted: false, required: 100n, available: 90n })
    expect((await bench.store.keySpend(keyId)).totalNanos).toBe(0n)
  })

  rule('settling gives the whole reserve back, whatever the call cost', openStore, async (bench) => {
    for (const spendNanos of [0n, 60n, 100n, 850n, 1000n]) {
      const keyId = await bench.key({ spend_total_usd: '0.000001' })
      const attemptId = `call-of-${spendNanos}`
      await bench.hold({ attemptId, keyId, ...unbounded })
      expect(await bench.settle(attemptId, { ...nothing, spendNanos })).toBe(true)
      expect(await bench.store.keySpend(keyId)).toMatchObject({ totalNanos: spendNanos })
      const [call] = await bench.store.listCalls({ tenantId: 'acme', keyId, limit: 1 })
      expect(call).toMatchObject({ spendNanos, holdNanos: 1000n, flags: [] })
    }
  })

  rule('an orphan is settled at its bound, and its reserve comes back', openStore, async (bench) => {
    const keyId = await bench.key({ spend_total_usd: '0.000001' })
    await bench.hold({ keyId, ...unbounded, ttlMs: 1_000 })
    bench.clock.now += 2_000
    expect(await bench.store.settleOrphans(bench.clock.now)).toBe(1)
    expect(await bench.store.keySpend(keyId)).toMatchObject({ totalNanos: 100n })
  })

  rule('of parallel reserves one gets the rest', openStore, async (bench) => {
    const keyId = await bench.key({ spend_total_usd: '0.000001' })
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => bench.hold({ keyId, ...unbounded })))
    expect(outcomes.filter(({ admitted }) => admitted)).toHaveLength(1)
    expect(outcomes.filter((each) => !each.admitted && each.heldByOpenCalls)).toHaveLength(19)
    expect((await bench.store.keySpend(keyId)).totalNanos).toBe(1000n)
  })
}

/** Who is refused learns whether waiting for running calls can help. */
export const heldRules = (openStore: OpenStore): void => {
  rule('a limit that is used up is not held by open calls', openStore, async (bench) => {
    const keyId = await bench.key({ spend_total_usd: '0.0000002' })
    await bench.hold({ keyId, walletNanos: 0n, attemptId: 'first' })
    const whileItRuns = await bench.hold({ keyId, walletNanos: 0n, spendNanos: 150n })
    expect(whileItRuns).toMatchObject({ heldByOpenCalls: true, available: 100n })
    await bench.settle('first', { ...nothing, spendNanos: 100n })
    const afterIt = await bench.hold({ keyId, walletNanos: 0n, spendNanos: 150n })
    expect(afterIt).toMatchObject({ admitted: false, code: 'spend_cap_total', available: 100n })
    expect(afterIt).not.toHaveProperty('heldByOpenCalls')
    const neverFits = await bench.hold({ keyId, walletNanos: 0n, spendNanos: 201n })
    expect(neverFits).not.toHaveProperty('heldByOpenCalls')
  })

  rule('a wallet can be held by open calls too', openStore, async (bench) => {
    await bench.credit(150n)
    await bench.hold({ attemptId: 'first' })
    expect(await bench.hold()).toMatchObject({ code: 'balance_exhausted', heldByOpenCalls: true })
    await bench.settle('first')
    expect(await bench.hold()).not.toHaveProperty('heldByOpenCalls')
  })

  rule('a wider limit that is used up goes before a narrower one that is held', openStore, async (bench) => {
    await bench.credit(100n)
    const keyId = await bench.key({ spend_total_usd: '0.00000015' })
    await bench.hold({ keyId, walletNanos: 0n })
    const refused = await bench.hold({ keyId, walletNanos: 101n })
    expect(refused).toMatchObject({ code: 'balance_exhausted', scope: 'tenant' })
    expect(refused).not.toHaveProperty('heldByOpenCalls')
    expect(await bench.hold({ keyId })).toMatchObject({ code: 'spend_cap_total', heldByOpenCalls: true })
  })
}
