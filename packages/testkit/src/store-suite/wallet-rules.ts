import { expect } from 'vitest'
import { noon, type OpenStore, rule } from './bench.ts'

const topUp = (id: string, amountNanos: bigint, idempotencyKey: string | null = null, tenantId = 'acme') => ({
  id,
  tenantId,
  amountNanos,
  note: 'test credit',
  idempotencyKey,
})

/** Credit is only ever added. */
export const walletRules = (openStore: OpenStore): void => {
  rule('a new tenant and an unknown one have nothing', openStore, async ({ store }) => {
    const empty = { creditNanos: 0n, settledNanos: 0n, heldNanos: 0n, availableNanos: 0n }
    expect(await store.balance('acme')).toEqual(empty)
    expect(await store.balance('nobody')).toEqual(empty)
  })

  rule('top-ups add up exactly', openStore, async ({ store }) => {
    expect(await store.topUp(topUp('a', 9_007_199_254_740_993n))).toBe('a')
    expect(await store.topUp(topUp('b', 1n))).toBe('b')
    expect((await store.balance('acme')).creditNanos).toBe(9_007_199_254_740_994n)
  })

  rule('an idempotency key adds the money once and answers with the first row', openStore, async ({ store }) => {
    expect(await store.topUp(topUp('a', 5n, 'same'))).toBe('a')
    expect(await store.topUp(topUp('b', 5n, 'same'))).toBe('a')
    const answers = await Promise.all(['c', 'd', 'e'].map((id) => store.topUp(topUp(id, 7n, 'other'))))
    expect(new Set(answers).size).toBe(1)
    expect((await store.balance('acme')).creditNanos).toBe(12n)
  })

  rule('an idempotency key with another amount is a conflict', openStore, async ({ store }) => {
    await store.topUp(topUp('a', 5n, 'same'))
    await expect(store.topUp(topUp('b', 6n, 'same'))).rejects.toMatchObject({
      code: 'idempotency_conflict',
      status: 409,
    })
    expect((await store.balance('acme')).creditNanos).toBe(5n)
  })

  rule('idempotency keys of two tenants have nothing to do with each other', openStore, async ({ store }) => {
    await store.createTenant({ id: 'rival', name: 'Rival', createdAt: noon })
    await store.topUp(topUp('a', 5n, 'same'))
    expect(await store.topUp(topUp('b', 6n, 'same', 'rival'))).toBe('b')
    expect((await store.balance('rival')).creditNanos).toBe(6n)
  })

  rule('nothing, less than nothing and a tenant that does not exist are refused', openStore, async ({ store }) => {
    for (const request of [topUp('a', 0n), topUp('b', -5n), topUp('c', 2n ** 62n), topUp('d', 5n, null, 'nobody')]) {
      await expect(store.topUp(request)).rejects.toMatchObject({ code: 'validation_failed' })
    }
    expect((await store.balance('acme')).creditNanos).toBe(0n)
  })
}
