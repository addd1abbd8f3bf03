import { expect } from 'vitest'
import { type Bench, noon, nothing, type OpenStore, rule } from './bench.ts'

const onlyCall = async ({ store }: Bench) => (await store.listCalls({ tenantId: 'acme', limit: 2 }))[0]

/** A call ends once. */
export const settleRules = (openStore: OpenStore): void => {
  rule('the charge replaces the hold', openStore, async (bench) => {
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'one' })
    expect(await bench.settle('one', { walletNanos: 37n, spendNanos: 37n })).toBe(true)
    expect(await bench.store.balance('acme')).toEqual({
      creditNanos: 1000n,
      settledNanos: 37n,
      heldNanos: 0n,
      availableNanos: 963n,
    })
    expect((await bench.store.keySpend('key-1')).totalNanos).toBe(37n)
  })

  rule('a second settlement changes nothing', openStore, async (bench) => {
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'one' })
    await bench.settle('one', { walletNanos: 37n })
    const before = await onlyCall(bench)
    expect(await bench.settle('one', { walletNanos: 99n, state: 'estimated', reason: 'no_usage' })).toBe(false)
    expect(await onlyCall(bench)).toEqual(before)
    expect((await bench.store.balance('acme')).settledNanos).toBe(37n)
  })

  rule('of 20 settlements at once exactly one counts', openStore, async ({ store, credit, hold, settle }) => {
    await credit(1000n)
    await hold({ attemptId: 'one' })
    const settled = await Promise.all(
      Array.from({ length: 20 }, (_, index) => settle('one', { walletNanos: BigInt(index) })),
    )
    expect(settled.filter(Boolean)).toHaveLength(1)
    expect((await store.balance('acme')).heldNanos).toBe(0n)
  })

  rule('what was never held is not settled', openStore, async ({ store, settle }) => {
    expect(await settle('nothing')).toBe(false)
    expect(await store.listCalls({ tenantId: 'acme', limit: 1 })).toEqual([])
  })
}

/** What a call is charged when it differs from its hold. */
export const chargeRules = (openStore: OpenStore): void => {
  rule('more than was held is charged and flagged, and the balance may go below zero', openStore, async (bench) => {
    await bench.credit(100n)
    await bench.hold({ attemptId: 'one' })
    await bench.settle('one', { walletNanos: 150n, spendNanos: 150n, flags: ['split_mismatch'] })
    expect((await onlyCall(bench))?.flags).toEqual(['split_mismatch', 'overshoot'])
    expect((await bench.store.balance('acme')).availableNanos).toBe(-50n)
    expect(await bench.hold({ walletNanos: 1n })).toMatchObject({ code: 'balance_exhausted', available: 0n })
    await bench.credit(51n)
    expect(await bench.hold({ walletNanos: 1n })).toMatchObject({ admitted: true })
  })

  for (const amounts of [{ walletNanos: 101n }, { spendNanos: 101n }, { tokens: 101 }]) {
    rule(`more ${Object.keys(amounts)} than was held is flagged by itself`, openStore, async (bench) => {
      await bench.credit(1000n)
      await bench.hold({ attemptId: 'one' })
      await bench.settle('one', amounts)
      expect((await onlyCall(bench))?.flags).toEqual(['overshoot'])
    })
  }

  rule('exactly what was held is no overshoot', openStore, async (bench) => {
    await bench.credit(100n)
    await bench.hold({ attemptId: 'one' })
    await bench.settle('one', { tokens: 100 })
    expect((await onlyCall(bench))?.flags).toEqual([])
  })

  rule('a released attempt costs nothing', openStore, async (bench) => {
    await bench.credit(100n)
    await bench.hold({ attemptId: 'one' })
    const released = { state: 'released', reason: 'unreachable' } as const
    await expect(bench.settle('one', released)).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await bench.settle('one', { ...released, ...nothing })).toBe(true)
    expect((await bench.store.balance('acme')).availableNanos).toBe(100n)
    expect((await bench.store.keySpend('key-1')).totalNanos).toBe(0n)
  })

  rule('a fee on a call that held nothing reaches the wallet, flagged', openStore, async (bench) => {
    await bench.hold({ attemptId: 'one', ...nothing })
    await bench.settle('one', { ...nothing, walletNanos: 5n, spendNanos: 9n })
    expect((await bench.store.balance('acme')).availableNanos).toBe(-5n)
    expect((await bench.store.keySpend('key-1')).dayNanos).toBe(9n)
    expect((await onlyCall(bench))?.flags).toEqual(['overshoot'])
  })

  rule(
    'amounts that no call can have are refused, and the hold stays',
    openStore,
    async ({ store, credit, hold, settle }) => {
      await credit(1000n)
      await hold({ attemptId: 'one' })
      for (const amounts of [
        { walletNanos: -1n },
        { spendNanos: 2n ** 62n },
        { listNanos: 2n ** 70n },
        { tokens: 0.5 },
      ]) {
        await expect(settle('one', amounts)).rejects.toMatchObject({ code: 'validation_failed' })
      }
      expect((await store.balance('acme')).heldNanos).toBe(100n)
    },
  )

  rule('a sum that leaves its range is a refusal that names the check', openStore, async ({ store, hold, settle }) => {
    const billion = 1_000_000_000_000_000_000n
    const attempts = Array.from({ length: 10 }, (_, call) => `att_${call}`)
    for (const attemptId of attempts) await hold({ attemptId, ...nothing })
    const amounts = { ...nothing, walletNanos: billion, spendNanos: billion }
    for (const attemptId of attempts.slice(1)) expect(await settle(attemptId, amounts)).toBe(true)
    // One more would still fit into 64 bits.
    const refused = settle('att_0', { ...nothing, walletNanos: 1n, spendNanos: 1n })
    await expect(refused).rejects.toMatchObject({ code: 'validation_failed' })
    await expect(refused).rejects.toThrow(/CHECK constraint failed.*settled/)
    expect(await settle('att_0', nothing)).toBe(true)
    expect((await store.balance('acme')).settledNanos).toBe(9n * billion)
  })
}

/** What becomes of calls that nobody ends. */
export const orphanRules = (openStore: OpenStore): void => {
  rule('an orphan settles at its hold, flagged, once its time is over', openStore, async (bench) => {
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'short', ttlMs: 1000 })
    await bench.hold({ attemptId: 'long', ttlMs: 9000 })
    expect(await bench.store.settleOrphans(noon + 1000)).toBe(0)
    bench.clock.now = noon + 1001
    expect(await bench.store.settleOrphans(noon + 1001)).toBe(1)
    expect(await bench.store.settleOrphans(noon + 1001)).toBe(0)
    expect(await onlyCall(bench)).toMatchObject({ attemptId: 'long', state: 'open' })
    const [, orphan] = await bench.store.listCalls({ tenantId: 'acme', limit: 2 })
    expect(orphan).toMatchObject({
      attemptId: 'short',
      state: 'estimated',
      reason: 'orphaned',
      flags: ['orphaned'],
      walletNanos: 100n,
      settledAt: noon + 1001,
    })
    expect(await bench.settle('short')).toBe(false)
    expect(await bench.store.balance('acme')).toMatchObject({ settledNanos: 100n, heldNanos: 100n })
  })

  rule('a sole process settles every open hold when it starts', openStore, async ({ store, credit, key, hold }) => {
    await credit(1_000_000n)
    const keyId = await key({ concurrency: 1200 })
    await Promise.all(Array.from({ length: 1200 }, () => hold({ keyId })))
    expect(await store.settleOrphans(null)).toBe(1200)
    expect(await store.settleOrphans(null)).toBe(0)
    expect(await store.balance('acme')).toMatchObject({ settledNanos: 120_000n, heldNanos: 0n })
    expect(await hold({ keyId })).toMatchObject({ admitted: true })
  })
}
