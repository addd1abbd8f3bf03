import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createBroker, createVault, mintKey, openSqliteStore, type Store } from '@vendo/broker'
import { Secret } from '@vendo/contract'
import { type Admin, createAdmin } from './admin.ts'
import { missingRates, type NamedModel } from './missing-rates.ts'

/** One attempt as the ledger shows it. */
export type CallRecord = Awaited<ReturnType<Store['listCalls']>>[number]

/** The ledger's own check of every account. */
export type LedgerReport = Awaited<ReturnType<Store['verify']>>

/** Who pays upstream: the operator's pool, whose refusals the broker hides, or the tenant's own key, whose refusals it passes on. */
export type Payer = 'pool' | 'own'

/** A key made for one exchange. */
export interface BenchKey {
  readonly id: string
  readonly key: string
}

/** A real broker on an empty store, with credit, connections to every replayed provider and rates for every model. */
export interface Bench {
  readonly url: string
  createKey(payer: Payer): Promise<BenchKey>
  /** The last attempt of each request, once its row is terminal. Requests whose row is missing or open after 60 s are left out. */
  settledCalls(keyId: string, requestIds: readonly string[]): Promise<ReadonlyMap<string, CallRecord>>
  verify(): Promise<LedgerReport>
  close(): Promise<void>
}

/** What {@link openBench} needs to know about the recordings. */
export interface BenchOptions {
  /** Stands in for every provider. */
  readonly upstreamOrigin: string
  readonly slugs: readonly string[]
  readonly models: Iterable<NamedModel>
}

/** The meter of a compressed answer that came in a hundred thousand pieces is done long after its client. */
const settleWithinMs = 60_000

const lastTerminal = async (store: Store, tenantId: string, keyId: string): Promise<Map<string, CallRecord>> => {
  const calls = await store.listCalls({ tenantId, keyId, limit: 500 })
  const open = new Set(calls.flatMap((call) => (call.state === 'open' ? [call.requestId] : [])))
  return new Map(calls.flatMap((call) => (open.has(call.requestId) ? [] : [[call.requestId, call]])))
}

const settledCallsOf =
  (store: Store, tenantId: string): Bench['settledCalls'] =>
  async (keyId, requestIds) => {
    const deadline = Date.now() + settleWithinMs
    // The broker settles after the client has its last byte, so the row may come a moment later.
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 200)) {
      const calls = await lastTerminal(store, tenantId, keyId)
      if (requestIds.every((id) => calls.has(id)) || Date.now() > deadline) return calls
      await pause(waitMs)
    }
  }

type KeyRecord = Parameters<Store['createKey']>[0]
type KeyOwner = Pick<KeyRecord, 'kind' | 'scope' | 'tenantId' | 'appId' | 'limits'>

/** Straight into the store: the management API would make the broker forget its whole directory for each key. */
const createKey = async (store: Store, owner: KeyOwner): Promise<BenchKey> => {
  const { key, hash, display } = mintKey(owner.kind)
  const id = `key_${randomUUID()}`
  const unlimited = { connectionId: null, createdAt: Date.now(), expiresAt: null, revokedAt: null }
  await store.createKey({ id, hash, display, name: 'transcripts', ...owner, ...unlimited })
  return { id, key: key.reveal() }
}

const openAdmin = async (store: Store, url: string): Promise<Admin> => {
  const operator = { kind: 'management', scope: 'operator', tenantId: null, appId: null, limits: {} } as const
  const { key } = await createKey(store, operator)
  return createAdmin(url, key)
}

/** Makes one app, bound to a connection of the payer's profile for every slug. */
const createApp = async (admin: Admin, tenantId: string, payer: Payer, slugs: readonly string[]): Promise<string> => {
  const app = await admin<{ id: string }>('POST', `/api/apps?tenant=${tenantId}`, { name: payer })
  for (const integration of slugs) {
    const connection = { integration, profile: profiles[payer], secret: 'test-upstream-key', bind: [app.id] }
    await admin('POST', `/api/connections?tenant=${tenantId}`, connection)
  }
  return app.id
}

const profiles = { pool: 'vendo_managed_pool', own: 'byok_static' } as const

const creditUsd = '1000000000'

/** Starts the broker on a free loopback port, on a store in a temporary folder that `close` removes. */
export const openBench = async ({ upstreamOrigin, slugs, models }: BenchOptions): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'vendo-transcripts-'))
  const store = await openSqliteStore({ path: join(folder, 'vendo.db') })
  await store.addRateOverrides(missingRates(models))
  const broker = createBroker({
    store,
    vault: createVault({ keyEncryptionKey: new Secret(randomBytes(32).toString('base64')) }),
    upstreamOrigins: Object.fromEntries(slugs.map((slug) => [slug, upstreamOrigin])),
  })
  const { url } = await broker.listen({ host: '127.0.0.1', port: 0 })
  const admin = await openAdmin(store, url)
  const { id: tenantId } = await admin<{ id: string }>('POST', '/api/tenants', { name: 'transcripts' })
  const appIds = {
    pool: await createApp(admin, tenantId, 'pool', slugs),
    own: await createApp(admin, tenantId, 'own', slugs),
  }
  await admin('POST', `/api/billing/topups?tenant=${tenantId}`, { amount_usd: creditUsd, note: 'transcripts' })
  return {
    url,
    createKey: (payer) => {
      const limits = { allow_unbounded: true }
      return createKey(store, { kind: 'inference', scope: 'app', tenantId, appId: appIds[payer], limits })
    },
    settledCalls: settledCallsOf(store, tenantId),
    verify: () => store.verify(),
    close: async () => {
      await broker.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
