import type { Store } from '@vendo/broker'
import { expect } from 'vitest'
import { connectionOf, noon, type OpenStore, rule } from './bench.ts'

type Order = Parameters<Store['carryOut']>[0]
type Claim = NonNullable<Order['claim']>

const claimOf = (changes: Partial<Claim> = {}): Claim => ({
  ...{ owner: 'acme', idempotencyKey: 'order-1', fingerprint: 'print-1', status: 201, body: '{"id":"app-1"}' },
  ...changes,
})

const createApp = (id: string): Order['effects'][number] => ({
  name: 'createApp',
  parameter: { id, tenantId: 'acme', name: id, createdAt: noon },
})

/** Writes that happen together, and once per idempotency key. */
export const orderRules = (openStore: OpenStore): void => {
  rule('an order is carried out once, and its answer is kept', openStore, async ({ store }) => {
    const claim = claimOf()
    expect(await store.findAnswer('acme', 'order-1')).toBeNull()
    expect(await store.carryOut({ claim, effects: [createApp('app-1')] })).toEqual({ done: true })
    const earlier = { fingerprint: 'print-1', status: 201, body: '{"id":"app-1"}' }
    expect(await store.findAnswer('acme', 'order-1')).toEqual(earlier)
    const repeated = { claim: claimOf({ fingerprint: 'print-2', body: '{}' }), effects: [createApp('app-2')] }
    expect(await store.carryOut(repeated)).toEqual({ done: false, earlier })
    expect(await store.getApp('app-2')).toBeNull()
  })

  rule('of many at once with one key, one is carried out', openStore, async ({ store }) => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.carryOut({ claim: claimOf({ body: `${index}` }), effects: [createApp(`app-${index}`)] }),
      ),
    )
    expect(outcomes.filter(({ done }) => done)).toHaveLength(1)
    expect(await store.listApps('acme')).toHaveLength(2)
  })

  rule('each owner has keys of its own', openStore, async ({ store }) => {
    await store.carryOut({ claim: claimOf(), effects: [] })
    expect(await store.findAnswer('rival', 'order-1')).toBeNull()
    expect(await store.carryOut({ claim: claimOf({ owner: 'rival' }), effects: [] })).toEqual({ done: true })
  })

  rule('an order that fails leaves nothing, its key included', openStore, async ({ store }) => {
    const effects = [createApp('app-1'), createApp('acme-app')]
    await expect(store.carryOut({ claim: claimOf(), effects })).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await store.getApp('app-1')).toBeNull()
    expect(await store.findAnswer('acme', 'order-1')).toBeNull()
    expect(await store.carryOut({ claim: claimOf(), effects: [createApp('app-1')] })).toEqual({ done: true })
  })

  rule('money is part of an order like everything else', openStore, async ({ store }) => {
    const topUp = { id: 'top-1', tenantId: 'acme', amountNanos: 500n, note: '', idempotencyKey: null }
    const order: Order = { claim: claimOf(), effects: [{ name: 'topUp', parameter: topUp }] }
    await store.carryOut(order)
    await store.carryOut(order)
    expect((await store.balance('acme')).creditNanos).toBe(500n)
    const failing: Order = {
      claim: claimOf({ idempotencyKey: 'order-2' }),
      effects: [
        { name: 'topUp', parameter: { ...topUp, id: 'top-2' } },
        { name: 'refund', parameter: { attemptId: 'none', amountNanos: null, reason: '', authorKeyId: 'key-1' } },
      ],
    }
    await expect(store.carryOut(failing)).rejects.toMatchObject({ code: 'not_found' })
    expect((await store.balance('acme')).creditNanos).toBe(500n)
  })

  rule('without an idempotency key every order is carried out', openStore, async ({ store }) => {
    const connection = connectionOf({ id: 'second' })
    const binding = { appId: 'acme-app', connectionId: 'second', tenantId: 'acme', createdAt: noon }
    const effects: Order['effects'] = [
      { name: 'createConnection', parameter: connection },
      { name: 'createBinding', parameter: binding },
    ]
    expect(await store.carryOut({ claim: null, effects })).toEqual({ done: true })
    expect(await store.listBoundConnections('acme-app')).toMatchObject([{ id: 'second' }])
    const half: Order['effects'] = [{ name: 'createBinding', parameter: { ...binding, connectionId: 'none' } }]
    await expect(store.carryOut({ claim: null, effects: [createApp('app-9'), ...half] })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    expect(await store.getApp('app-9')).toBeNull()
  })
}
