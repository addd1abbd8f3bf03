import { expect } from 'vitest'
import { type Bench, connectionOf, keyOf, noon, type OpenStore, rule } from './bench.ts'

const addRival = async ({ store }: Bench): Promise<void> => {
  await store.createTenant({ id: 'rival', name: 'Rival', createdAt: noon })
  await store.createApp({ id: 'rival-app', tenantId: 'rival', name: 'Rival app', createdAt: noon })
  await store.createConnection(connectionOf({ id: 'rival-anthropic', tenantId: 'rival' }))
  await store.createKey(keyOf({ id: 'rival-key', tenantId: 'rival', appId: 'rival-app' }))
  await store.topUp({ id: 'rival-credit', tenantId: 'rival', amountNanos: 1000n, note: '', idempotencyKey: null })
}

const refused = { code: 'validation_failed' }

/** No record of one tenant can name, use or change a record of another. */
export const tenantRules = (openStore: OpenStore): void => {
  rule('a binding cannot join two tenants', openStore, async (bench) => {
    await addRival(bench)
    for (const tenantId of ['acme', 'rival']) {
      const binding = { appId: 'acme-app', connectionId: 'rival-anthropic', tenantId, createdAt: noon }
      await expect(bench.store.createBinding(binding)).rejects.toMatchObject(refused)
    }
  })

  rule('a key cannot name the app or the connection of another tenant', openStore, async (bench) => {
    await addRival(bench)
    await expect(bench.key({}, { appId: 'rival-app' })).rejects.toMatchObject(refused)
    await expect(bench.key({}, { appId: null, connectionId: 'rival-anthropic' })).rejects.toMatchObject(refused)
  })

  rule('only an operator key is without a tenant, and it names no app', openStore, async ({ key }) => {
    await expect(key({}, { tenantId: null, scope: 'app' })).rejects.toMatchObject(refused)
    await expect(key({}, { tenantId: null, scope: 'operator' })).rejects.toMatchObject(refused)
    await expect(key({}, { scope: 'operator', appId: null })).rejects.toMatchObject(refused)
  })

  rule('two keys cannot have one hash', openStore, async ({ key }) => {
    await expect(key({}, { hash: 'hash-of-key-1' })).rejects.toMatchObject(refused)
  })

  rule('a hold cannot use the key, the connection or the app of another tenant', openStore, async (bench) => {
    await addRival(bench)
    await bench.credit(1000n)
    expect(await bench.hold({ keyId: 'rival-key' })).toMatchObject({ admitted: false, code: 'app_unknown' })
    expect(await bench.hold({ tenantId: 'rival' })).toMatchObject({ admitted: false, code: 'app_unknown' })
    expect(await bench.hold({ connectionId: 'rival-anthropic' })).toMatchObject({ code: 'connection_revoked' })
    await expect(bench.hold({ appId: 'rival-app' })).rejects.toMatchObject(refused)
    expect((await bench.store.balance('acme')).heldNanos).toBe(0n)
    expect((await bench.store.balance('rival')).heldNanos).toBe(0n)
  })

  rule('a tenant sees its own calls, usage and money', openStore, async (bench) => {
    await addRival(bench)
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'mine' })
    await bench.settle('mine', { responseId: 'r-1', state: 'estimated', reason: 'background' })
    expect(await bench.store.listCalls({ tenantId: 'rival', limit: 10 })).toEqual([])
    await expect(bench.store.listCalls({ tenantId: 'rival', after: 'mine', limit: 10 })).rejects.toMatchObject(refused)
    expect(await bench.store.summarizeUsage({ tenantId: 'rival', groupBy: 'model' })).toEqual([])
    expect(await bench.store.findPendingResponse('rival', 'r-1')).toBeNull()
    expect((await bench.store.balance('rival')).availableNanos).toBe(1000n)
  })

  rule('one write that is refused does not take its neighbours with it', openStore, async ({ store }) => {
    const app = (id: string, tenantId: string) => store.createApp({ id, tenantId, name: id, createdAt: noon })
    const results = await Promise.allSettled([app('b-1', 'acme'), app('b-2', 'nobody'), app('b-3', 'acme')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await store.listApps('acme')).map(({ id }) => id)).toEqual(['acme-app', 'b-1', 'b-3'])
  })
}
