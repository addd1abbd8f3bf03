import { expect } from 'vitest'
import { connectionOf, keyOf, noon, type OpenStore, rule } from './bench.ts'

/** Records come back as they were given, in the order they were made. */
export const directoryRules = (openStore: OpenStore): void => {
  rule('a record comes back as it was given', openStore, async ({ store }) => {
    const connection = connectionOf({
      id: 'c-2',
      profile: 'byok_static',
      status: 'needs_reauth',
      metadata: { nested: { telegram_bot_id: 7 }, text: 'ünïcode' },
    })
    const key = keyOf({
      id: 'k-2',
      scope: 'connection',
      appId: null,
      connectionId: 'c-2',
      limits: { models: ['claude-*'], spend_day_usd: '0.5', concurrency: 3 },
      expiresAt: noon + 1,
      revokedAt: noon + 2,
    })
    await store.createConnection(connection)
    await store.createKey(key)
    expect(await store.getConnection('c-2')).toEqual(connection)
    expect(await store.getKey('k-2')).toEqual(key)
    expect(await store.getApp('acme-app')).toEqual({
      id: 'acme-app',
      tenantId: 'acme',
      name: 'Acme app',
      createdAt: noon,
    })
    expect(await store.listTenants()).toEqual([{ id: 'acme', name: 'Acme', createdAt: noon }])
  })

  rule('what does not exist is null', openStore, async ({ store }) => {
    expect([await store.getApp('x'), await store.getConnection('x'), await store.getKey('x')]).toEqual([
      null,
      null,
      null,
    ])
    expect(await store.findKeyByHash('x')).toBeNull()
  })

  rule('lists go from the oldest to the newest', openStore, async ({ store, key }) => {
    await store.createApp({ id: 'a-earlier', tenantId: 'acme', name: 'earlier', createdAt: noon - 1 })
    await store.createConnection(connectionOf({ id: 'c-later', createdAt: noon + 1 }))
    await key({}, { id: 'k-earlier', createdAt: noon - 1 })
    expect((await store.listApps('acme')).map(({ id }) => id)).toEqual(['a-earlier', 'acme-app'])
    expect((await store.listConnections('acme')).map(({ id }) => id)).toEqual(['acme-anthropic', 'c-later'])
    expect((await store.listKeys('acme')).map(({ id }) => id)).toEqual(['k-earlier', 'key-1'])
  })

  rule('a key is found by its hash in every state', openStore, async ({ store }) => {
    await store.revokeKey('key-1', noon + 5)
    expect(await store.findKeyByHash('hash-of-key-1')).toMatchObject({ id: 'key-1', revokedAt: noon + 5 })
  })

  rule('a second revocation keeps the first instant', openStore, async ({ store }) => {
    await store.revokeKey('key-1', noon + 5)
    await store.revokeKey('key-1', noon + 9)
    expect(await store.getKey('key-1')).toMatchObject({ revokedAt: noon + 5 })
  })

  rule('operator keys are listed apart from every tenant', openStore, async ({ store, key }) => {
    await key({}, { id: 'operator', tenantId: null, kind: 'management', scope: 'operator', appId: null })
    expect((await store.listKeys(null)).map(({ id }) => id)).toEqual(['operator'])
    expect((await store.listKeys('acme')).map(({ id }) => id)).toEqual(['key-1'])
  })
}

/** What an app may use, and what it costs. */
export const bindingRules = (openStore: OpenStore): void => {
  rule(
    'an app is bound to connections in the order of its bindings, revoked ones included',
    openStore,
    async ({ store }) => {
      await store.createConnection(connectionOf({ id: 'z-first' }))
      await store.createConnection(connectionOf({ id: 'a-second' }))
      const bind = (connectionId: string, createdAt: number) =>
        store.createBinding({ appId: 'acme-app', connectionId, tenantId: 'acme', createdAt })
      await bind('z-first', noon)
      await bind('a-second', noon)
      await bind('z-first', noon + 1)
      await store.setConnectionStatus('z-first', 'revoked')
      const bound = async () =>
        (await store.listBoundConnections('acme-app')).map(({ id, status }) => `${id} ${status}`)
      expect(await bound()).toEqual(['z-first revoked', 'a-second connected'])
      expect((await store.listBindings('acme')).map(({ createdAt }) => createdAt)).toEqual([noon, noon])
      await store.deleteBinding('acme-app', 'z-first')
      expect(await bound()).toEqual(['a-second connected'])
    },
  )

  rule('margins are appended and come back by effect, then by arrival', openStore, async ({ store }) => {
    const facts = { createdAt: noon, authorKeyId: null, note: 'test' }
    const later = { tenantId: 'acme', integration: 'openai', model: 'm', meter: 'output', margin: '-0.1' } as const
    const records = [
      { ...later, ...facts, effectiveFrom: noon + 1 },
      { margin: '0.2', ...facts, effectiveFrom: noon },
      { margin: null, ...facts, effectiveFrom: noon },
    ]
    await store.addMargins(records.slice(0, 1))
    await store.addMargins(records.slice(1))
    expect(await store.listMargins()).toEqual([records[1], records[2], records[0]])
  })

  rule('a new store has no margin', openStore, async ({ store }) => {
    expect(await store.listMargins()).toEqual([])
  })

  rule('a tenant is transparent when its operator says so', openStore, async ({ store }) => {
    expect((await store.listTenants()).map(({ transparent }) => transparent)).toEqual([undefined])
    expect(await store.setTransparent('acme', true)).toBe(true)
    expect((await store.listTenants()).map(({ transparent }) => transparent)).toEqual([true])
    expect(await store.setTransparent('nobody', true)).toBe(false)
  })

  rule('something is told once', openStore, async ({ store }) => {
    expect([await store.tellOnce('a'), await store.tellOnce('a'), await store.tellOnce('b')]).toEqual([
      true,
      false,
      true,
    ])
  })

  rule('the first canary of the vault stays, until it is replaced on purpose', openStore, async ({ store }) => {
    expect(await store.vaultCanary()).toBeNull()
    const kept = await Promise.all(['one', 'two'].map((envelope) => store.keepVaultCanary({ envelope })))
    expect(kept[0]).toEqual(kept[1])
    expect(await store.vaultCanary()).toEqual(kept[0])
    await store.replaceVaultCanary({ envelope: 'three' })
    expect(await store.keepVaultCanary({ envelope: 'four' })).toEqual({ envelope: 'three' })
  })

  rule('rate overrides are appended and come back by effect, then by arrival', openStore, async ({ store }) => {
    const rate = (input: string, effectiveFrom: number) => ({
      integration: 'openrouter',
      model: 'maker/model',
      contextWindow: 200_000,
      maxOutput: 8192,
      usd: { input },
      source: 'test',
      effectiveFrom,
    })
    await store.addRateOverrides([rate('3', noon + 1), rate('1', noon)])
    await store.addRateOverrides([rate('2', noon)])
    await store.addRateOverrides([])
    expect(await store.listRateOverrides()).toEqual([rate('1', noon), rate('2', noon), rate('3', noon + 1)])
  })

  rule('the store can be asked whether it can write', openStore, async ({ store }) => {
    await expect(store.ping()).resolves.toBeUndefined()
  })
}
