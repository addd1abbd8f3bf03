import { randomBytes } from 'node:crypto'
import { Secret } from '@vendo/contract'
import { createVault } from '../../credentials/vault.ts'
import { mintKey } from '../../keys/mint-key.ts'
import { createEventLog } from '../../ledger/event-log.ts'
import type { ConnectionRecord, KeyRecord, Settlement } from '../../store/records.ts'
import { openSqliteStore } from '../../store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import type { ApiDependencies } from '../api-dependencies.ts'
import type { Api } from '../api-environment.ts'
import { createApi } from '../create-api.ts'

/** Noon, so that a day has begun and a key can be older than it. */
export const now = Date.UTC(2026, 10, 20, 12)
export const canary = 'canary-upstream-secret'

/** One key with its record: tests present the one and compare with the other. */
export interface TestKey {
  readonly key: string
  readonly record: KeyRecord
}

export interface TestTenant {
  readonly id: string
  readonly appId: string
  readonly connectionId: string
  readonly app: TestKey
  readonly connection: TestKey
  readonly management: TestKey
}

export interface ApiFixture {
  readonly api: Api
  readonly store: Store
  readonly a: TestTenant
  readonly b: TestTenant
  readonly operator: TestKey
  readonly directoryChanges: () => number
  readonly addKey: (record: Partial<KeyRecord>) => Promise<TestKey>
  readonly addConnection: (record: Partial<ConnectionRecord>, appId?: string) => Promise<ConnectionRecord>
  readonly call: (
    key: string | undefined,
    line: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly text: string
}

/** A broker's API over a real store in memory, with two tenants that must never see each other. */
export const createApiFixture = async (
  overrides: Partial<ApiDependencies> = {},
  seenByApi = (store: Store): Store => store,
): Promise<ApiFixture> => {
  const store = await openTestStore()
  const vault = createVault({ keyEncryptionKey: new Secret(randomBytes(32).toString('hex')) })
  let ids = 0
  let changes = 0
  const newId = (prefix: string) => `${prefix}_${++ids}`
  const api = createApi({
    store: seenByApi(store),
    vault,
    events: createEventLog('test', () => now),
    clock: () => now,
    publicUrl: () => 'http://127.0.0.1:8787',
    baseUrlFor: (slug) => `http://127.0.0.1:8787/${slug}`,
    onDirectoryChange: () => {
      changes++
    },
    newId,
    ready: () => store.ping(),
    ...overrides,
  })
  const addKey: ApiFixture['addKey'] = async (record) => {
    const minted = mintKey(record.kind ?? 'inference')
    const full: KeyRecord = { ...blankKey, id: newId('key'), hash: minted.hash, display: minted.display, ...record }
    await store.createKey(full)
    return { key: minted.key.reveal(), record: full }
  }
  const addConnection: ApiFixture['addConnection'] = async (record, appId) => {
    const id = newId('connection')
    const tenantId = record.tenantId ?? ''
    const sealed = vault.seal(new Secret(canary), { tenantId, connectionId: id, field: 'secret' })
    const full: ConnectionRecord = { ...blankConnection, id, sealed, tenantId, ...record }
    await store.createConnection(full)
    if (appId !== undefined) await store.createBinding({ appId, connectionId: id, tenantId, createdAt: now })
    return full
  }
  const addTenant = async (name: string): Promise<TestTenant> => {
    const id = newId('tenant')
    const appId = newId('app')
    await store.createTenant({ id, name, createdAt: now })
    await store.createApp({ id: appId, tenantId: id, name: `${name} app`, createdAt: now })
    const { id: connectionId } = await addConnection({ tenantId: id }, appId)
    return {
      id,
      appId,
      connectionId,
      app: await addKey({ tenantId: id, appId }),
      connection: await addKey({ tenantId: id, scope: 'connection', connectionId }),
      management: await addKey({ tenantId: id, kind: 'management', scope: 'tenant' }),
    }
  }
  return {
    api,
    store,
    a: await addTenant('tenant-a'),
    b: await addTenant('tenant-b'),
    operator: await addKey({ tenantId: null, kind: 'management', scope: 'operator' }),
    directoryChanges: () => changes,
    addKey,
    addConnection,
    call: (key, line, body, headers = {}) => send(api, { key, line, body, headers }),
  }
}

const openTestStore = (): Promise<Store> =>
  openSqliteStore({ path: ':memory:', clock: () => now, worker: false, lock: false })

const blankKey: KeyRecord = {
  id: '',
  tenantId: null,
  kind: 'inference',
  scope: 'app',
  name: '',
  hash: '',
  display: '',
  appId: null,
  connectionId: null,
  limits: {},
  createdAt: now,
  expiresAt: null,
  revokedAt: null,
}

const blankConnection: Omit<ConnectionRecord, 'id' | 'sealed' | 'tenantId'> = {
  integration: 'anthropic',
  profile: 'vendo_managed_pool',
  name: 'Anthropic',
  status: 'connected',
  metadata: {},
  createdAt: now,
}

interface Sent {
  readonly key: string | undefined
  /** Method and address, such as `GET /api/keys`. */
  readonly line: string
  readonly body: unknown
  readonly headers: Record<string, string>
}

const send = async (api: Api, { key, line, body, headers }: Sent): Promise<Answer> => {
  const [method = 'GET', path = '/'] = line.split(' ')
  const response = await api.request(path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const endless = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (endless) await response.body?.cancel()
  const text = endless ? '' : await response.text()
  return { status: response.status, headers: response.headers, text, body: parse(text) }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Makes one call that was held and settled, so that there is something to bill. */
export const settleCall = async (
  store: Store,
  { record }: TestKey,
  {
    chargeNanos = 1_200n,
    connectionId = '',
    attemptId = 'attempt_1',
    model = 'claude-haiku-4-5',
    ending = {} as Partial<Settlement>,
  },
): Promise<void> => {
  const outcome = await store.hold({
    attemptId,
    requestId: `request_of_${attemptId}`,
    tenantId: record.tenantId!,
    keyId: record.id,
    appId: record.appId,
    connectionId,
    integration: 'anthropic',
    route: 'POST /v1/messages',
    model,
    streamed: true,
    walletNanos: 5_000n,
    spendNanos: 5_000n,
    tokens: 100,
    defaultRequestsPerMinute: null,
    ttlMs: 60_000,
  })
  if (!outcome.admitted) throw new Error(`the test call was refused: ${outcome.code}`)
  await store.settle({ ...settlementOf(chargeNanos), attemptId, servedModel: model, ...ending })
}

const settlementOf = (chargeNanos: bigint): Omit<Settlement, 'attemptId' | 'servedModel'> => ({
  state: 'actual',
  reason: null,
  flags: [],
  walletNanos: chargeNanos,
  spendNanos: chargeNanos,
  listNanos: 1_000n,
  cacheSavingsNanos: 0n,
  lines: [{ meter: 'input', quantity: 1, rateUsd: '1', margin: '0.2', listNanos: 1_000n, chargeNanos }],
  quantities: { input: 1 },
  tokens: 1,
  reasoningTokens: null,
  responseId: null,
  upstreamStatus: 200,
  ttfbMs: 3,
  durationMs: 9,
})
