import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nanosFromUsd, type Profile, Secret } from '@vendo/contract'
import type { KeyLimits } from '@vendo/contract/api'
import { type ScriptedUpstream, startScriptedUpstream, type UpstreamScript } from '@vendo/testkit'
import {
  type BrokerOptions,
  createBroker,
  type createVault,
  mintKey,
  openSqliteStore,
  type Store,
} from '../src/index.ts'
import type { CallRecord } from '../src/store/records.ts'
import { type Sending, send, type WholeAnswer } from './http-client.ts'
import { testVault } from './test-vault.ts'

export const upstreamKey = 'upstream-canary-7f3a9d'

export interface TestBrokerOptions {
  readonly script: UpstreamScript
  readonly profile?: Profile
  readonly creditUsd?: string
  readonly limits?: KeyLimits
  readonly broker?: Partial<BrokerOptions>
  /** Default: SQLite in a fresh folder. */
  readonly openStore?: (folder: string) => Promise<Store>
  /** What the broker sees of the store; the test itself sees it as it is. */
  readonly seenByBroker?: (store: Store) => Store
}

/** A real broker on a real port, with one tenant, one app and one scripted upstream behind every provider. */
export interface TestBroker {
  readonly url: string
  /** Where its store lies. */
  readonly folder: string
  readonly store: Store
  readonly upstream: ScriptedUpstream
  readonly key: string
  /** Another key of the same app. */
  mint(
    limits?: KeyLimits,
    changes?: { readonly expiresAt?: number },
  ): Promise<{ readonly id: string; readonly key: string }>
  send(sending: Partial<Sending> & { readonly path: string; readonly json?: unknown }): Promise<WholeAnswer>
  /** Every attempt so far, after what was decided is durable. */
  calls(): Promise<readonly CallRecord[]>
  /** Closes the broker and its store, and keeps its files. */
  stopBroker(): Promise<void>
  close(): Promise<void>
}

const tenantId = 'ten_test'
const slugs = ['anthropic', 'gemini', 'openai', 'openrouter']

export const startTestBroker = async (options: TestBrokerOptions): Promise<TestBroker> => {
  const folder = await mkdtemp(join(tmpdir(), 'vendo-broker-'))
  const upstream = await startScriptedUpstream(options.script)
  const { openStore = openSqlite, seenByBroker = (whole: Store) => whole } = options
  const store = await openStore(folder)
  const vault = testVault()
  await seed(store, vault, options)
  const broker = createBroker({
    store: seenByBroker(store),
    vault,
    upstreamOrigins: Object.fromEntries(slugs.map((slug) => [slug, upstream.origin])),
    shutdownGraceMs: 2_000,
    ...options.broker,
  })
  const { url } = await broker.listen({ port: 0 })
  const mint = minting(store)
  const { key } = await mint(options.limits)
  return {
    url,
    folder,
    store,
    upstream,
    key,
    mint,
    send: ({ json, ...sending }) =>
      send(url, {
        ...sending,
        headers: {
          authorization: `Bearer ${key}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...sending.headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      }),
    calls: () => settledCalls(store),
    stopBroker: () => broker.close(),
    close: async () => {
      try {
        await broker.close()
      } finally {
        await upstream.close()
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

const openSqlite = (folder: string): Promise<Store> => openSqliteStore({ path: join(folder, 'ledger.sqlite') })

export const seed = async (
  store: Store,
  vault: ReturnType<typeof createVault>,
  { profile, creditUsd }: Pick<TestBrokerOptions, 'profile' | 'creditUsd'>,
  name = 'test',
) => {
  const createdAt = 1_000
  const tenantId = `ten_${name}`
  await store.createTenant({ id: tenantId, name, createdAt })
  // A margin that every bill of these tests shows.
  await store.addMargins([{ margin: '0.2', effectiveFrom: 0, createdAt, authorKeyId: null, note: 'test' }])
  await store.createApp({ id: `app_${name}`, tenantId, name, createdAt })
  for (const slug of slugs) {
    const connectionId = name === 'test' ? `con_${slug}` : `con_${slug}_${name}`
    await store.createConnection({
      id: connectionId,
      tenantId,
      integration: slug,
      profile: profile ?? 'vendo_managed_pool',
      name: slug,
      status: 'connected',
      metadata: {},
      sealed: vault.seal(new Secret(upstreamKey), { tenantId, connectionId, field: 'secret' }),
      createdAt,
    })
    await store.createBinding({ appId: `app_${name}`, connectionId, tenantId, createdAt })
  }
  const amountNanos = nanosFromUsd(creditUsd ?? '10')
  const id = `top_${name}`
  if (amountNanos > 0n) await store.topUp({ id, tenantId, amountNanos, note: 'test', idempotencyKey: null })
}

export const minting =
  (store: Store, name = 'test'): TestBroker['mint'] =>
  async (limits = {}, { expiresAt } = {}) => {
    const minted = mintKey('inference')
    const id = `key_${minted.hash.slice(0, 12)}`
    await store.createKey({
      id,
      tenantId: `ten_${name}`,
      kind: 'inference',
      scope: 'app',
      name: 'test',
      hash: minted.hash,
      display: minted.display,
      appId: `app_${name}`,
      connectionId: null,
      limits,
      createdAt: 1_000,
      expiresAt: expiresAt ?? null,
      revokedAt: null,
    })
    return { id, key: minted.key.reveal() }
  }

/** Settlements follow the answer's last byte; they are events to wait for, not a time to sleep. */
const settledCalls = async (store: Store): Promise<readonly CallRecord[]> => {
  for (;;) {
    const calls = await store.listCalls({ tenantId, limit: 1_000 })
    if (calls.every(({ state }) => state !== 'open')) return calls
    await new Promise((resolve) => setImmediate(resolve))
  }
}
