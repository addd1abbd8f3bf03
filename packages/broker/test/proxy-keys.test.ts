import { Secret } from '@vendo/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mintKey, type Store } from '../src/index.ts'
import type { ConnectionRecord, KeyRecord } from '../src/store/records.ts'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker } from './harness.ts'
import { testVault } from './test-vault.ts'

let broker: TestBroker
let calls: number
/** Of another tenant. */
let foreign: string

/** The store refuses records that lead into another tenant; this one has some, so that the proxy alone can stop them. */
const withStrayRecords = (store: Store): Store => ({
  ...store,
  findKeyByHash: async (hash) => {
    const key = await store.findKeyByHash(hash)
    return key?.name === 'stray' ? { ...key, connectionId: foreign } : key
  },
  listBoundConnections: async (appId) => {
    const stray = appId === 'app_stray' ? await store.getConnection(foreign) : null
    return stray === null ? store.listBoundConnections(appId) : [stray]
  },
})

beforeAll(async () => {
  broker = await startTestBroker({ script: () => messageAnswer(), seenByBroker: withStrayRecords })
  await broker.store.createTenant({ id: 'ten_other', name: 'other', createdAt: 1_000 })
  await broker.store.createApp({ id: 'app_stray', tenantId: 'ten_test', name: 'stray', createdAt: 1_000 })
  foreign = await createConnection({ tenantId: 'ten_other' })
})
afterAll(async () => {
  expect(await broker.store.verify()).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  await broker.close()
})
beforeEach(() => {
  calls = broker.upstream.requests.length
})

let made = 0

const createConnection = async (change: Partial<ConnectionRecord> = {}): Promise<string> => {
  const [tenantId, connectionId] = [change.tenantId ?? 'ten_test', `con_own_${++made}`]
  await broker.store.createConnection({
    id: connectionId,
    tenantId,
    integration: 'anthropic',
    profile: 'byok_static',
    name: 'anthropic',
    status: 'connected',
    metadata: {},
    sealed: testVault().seal(new Secret('upstream-canary-own'), { tenantId, connectionId, field: 'secret' }),
    createdAt: 1_000,
    ...change,
  })
  return connectionId
}

const createKey = async (change: Pick<KeyRecord, 'kind' | 'scope'> & Partial<KeyRecord>): Promise<string> => {
  const { key, hash, display } = mintKey(change.kind)
  await broker.store.createKey({
    id: `key_made_${++made}`,
    tenantId: 'ten_test',
    name: 'test',
    hash,
    display,
    appId: null,
    connectionId: null,
    limits: {},
    createdAt: 1_000,
    expiresAt: null,
    revokedAt: null,
    ...change,
  })
  return key.reveal()
}

/** What a call with this key comes to: its status and error code, and how many calls reached the provider. */
const call = async (key: string, path = '/anthropic/v1/messages') => {
  const headers = { authorization: `Bearer ${key}` }
  const { status, headers: answer } = await broker.send({ path, json: anthropicRequest(), headers })
  return [status, answer['vendo-error-code'], broker.upstream.requests.length - calls]
}

describe('a management key at the proxy', () => {
  it.each([
    ["a tenant's", { scope: 'tenant' }],
    ["the operator's", { scope: 'operator', tenantId: null }],
    // Bound to everything an inference key needs, so that nothing but its kind can stop it.
    ['one of an app', { scope: 'app', appId: 'app_test' }],
    ['one of a connection', { scope: 'connection', connectionId: 'con_anthropic' }],
  ] as const)('%s never calls a provider', async (_, change) => {
    const key = await createKey({ kind: 'management', ...change })
    expect(await call(key)).toEqual([403, 'key_scope', 0])
  })
})

describe('a key of one connection', () => {
  const createOne = async (change: Partial<ConnectionRecord> = {}) => {
    const connectionId = await createConnection(change)
    return { connectionId, key: await createKey({ kind: 'inference', scope: 'connection', connectionId }) }
  }

  it('calls its provider with it, and no other provider', async () => {
    const { key } = await createOne()
    expect(await call(key)).toEqual([200, undefined, 1])
    expect(broker.upstream.requests.at(-1)?.header('x-api-key')).toBe('upstream-canary-own')
    expect(await call(key, '/openai/v1/chat/completions')).toEqual([403, 'binding_missing', 1])
  })

  it.each([
    ['revoked', 403, 'connection_revoked'],
    ['needs_reauth', 401, 'connection_needs_reauth'],
  ] as const)('that is %s is refused from its first call on, and after a good one', async (state, status, code) => {
    const fresh = await createOne({ status: state })
    expect(await call(fresh.key)).toEqual([status, code, 0])
    // Before the route is looked at; the hold, which reads the connection again, never comes.
    expect(await call(fresh.key, '/anthropic/v1/nothing')).toEqual([status, code, 0])
    const used = await createOne()
    expect(await call(used.key)).toEqual([200, undefined, 1])
    await broker.store.setConnectionStatus(used.connectionId, state)
    expect(await call(used.key)).toEqual([status, code, 1])
  })
})

describe('a record that leads to a connection of another tenant', () => {
  it.each([
    ['a key of that connection', { scope: 'connection', connectionId: 'con_anthropic', name: 'stray' }],
    ['a binding of the app', { scope: 'app', appId: 'app_stray' }],
  ] as const)('%s is as good as none', async (_, change) => {
    const key = await createKey({ kind: 'inference', ...change })
    expect(await call(key)).toEqual([403, 'binding_missing', 0])
  })
})
