import type { Store } from '@vendo/broker'
import { expect, it } from 'vitest'

/** Opens an empty store that reads its time from the given clock. */
export type OpenStore = (options: { readonly clock: () => number }) => Promise<Store>

/** What a store is asked to hold. */
export type HoldRequest = Parameters<Store['hold']>[0]
/** How a store answers a {@link HoldRequest}. */
export type HoldOutcome = Awaited<ReturnType<Store['hold']>>
/** What a store is told when a call has ended. */
export type Settlement = Parameters<Store['settle']>[0]
/** A key as the store keeps it. */
export type KeyRecord = Parameters<Store['createKey']>[0]
/** A connection as the store keeps it. */
export type ConnectionRecord = Parameters<Store['createConnection']>[0]

/** Noon of a day in the middle of a month, UTC. */
export const noon = Date.UTC(2026, 10, 20, 12)

/** A store with one tenant `acme`, its app, its connection, its key and a clock that stands still until it is moved. */
export interface Bench {
  readonly store: Store
  readonly clock: { now: number }
  /** Adds a key of acme's app with these limits; returns its id. */
  key(limits: KeyRecord['limits'], changes?: Partial<KeyRecord>): Promise<string>
  credit(amountNanos: bigint): Promise<void>
  /** Asks for a hold; every amount is 100 unless changed. */
  hold(changes?: Partial<HoldRequest>): Promise<HoldOutcome>
  settle(attemptId: string, changes?: Partial<Settlement>): Promise<boolean>
}

/** Key `key-1` of acme's app, as every bench starts with it. */
export const keyOf = (changes: Partial<KeyRecord> = {}): KeyRecord => ({
  id: 'key-1',
  tenantId: 'acme',
  kind: 'inference',
  scope: 'app',
  name: 'test key',
  hash: `hash-of-${changes.id ?? 'key-1'}`,
  display: 'vendo_sk_…fake',
  appId: 'acme-app',
  connectionId: null,
  limits: {},
  createdAt: noon,
  expiresAt: null,
  revokedAt: null,
  ...changes,
})

/** Connection `acme-anthropic`, as every bench starts with it. */
export const connectionOf = (changes: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  id: 'acme-anthropic',
  tenantId: 'acme',
  integration: 'anthropic',
  profile: 'vendo_managed_pool',
  name: 'Anthropic',
  status: 'connected',
  metadata: {},
  sealed: { envelope: 'sealed-fake' },
  createdAt: noon,
  ...changes,
})

/** A settlement at 100 of everything, on one line. */
export const settlementOf = (attemptId: string, changes: Partial<Settlement> = {}): Settlement => ({
  attemptId,
  state: 'actual',
  reason: null,
  flags: [],
  walletNanos: 100n,
  spendNanos: 100n,
  listNanos: 80n,
  cacheSavingsNanos: 0n,
  lines: [],
  quantities: { input: 3, output: 5 },
  tokens: 8,
  reasoningTokens: null,
  servedModel: 'test-model-2026',
  responseId: null,
  upstreamStatus: 200,
  ttfbMs: 12.5,
  durationMs: 250,
  ...changes,
})

/** Amounts for a call that consumed nothing. */
export const nothing = { walletNanos: 0n, spendNanos: 0n, listNanos: 0n, tokens: 0, quantities: {} } as const

const holdOf = (attemptId: string, changes: Partial<HoldRequest>): HoldRequest => ({
  attemptId,
  requestId: `request-of-${attemptId}`,
  tenantId: 'acme',
  keyId: 'key-1',
  appId: 'acme-app',
  connectionId: 'acme-anthropic',
  integration: 'anthropic',
  route: 'POST /v1/messages',
  model: 'test-model',
  streamed: true,
  walletNanos: 100n,
  spendNanos: 100n,
  tokens: 100,
  defaultRequestsPerMinute: null,
  ttlMs: 60_000,
  ...changes,
})

/** Opens a {@link Bench}; the caller closes its store. */
export const openBench = async (openStore: OpenStore): Promise<Bench> => {
  const clock = { now: noon }
  const store = await openStore({ clock: () => clock.now })
  await store.createTenant({ id: 'acme', name: 'Acme', createdAt: noon })
  await store.createApp({ id: 'acme-app', tenantId: 'acme', name: 'Acme app', createdAt: noon })
  await store.createConnection(connectionOf())
  await store.createKey(keyOf())
  return benchOn(store, clock)
}

/** A bench on a store that has acme already. */
export const benchOn = (store: Store, clock: { now: number }): Bench => {
  let count = 0
  return {
    store,
    clock,
    key: async (limits, changes = {}) => {
      const id = changes.id ?? `key-${++count + 1}`
      await store.createKey(keyOf({ ...changes, id, limits }))
      return id
    },
    credit: async (amountNanos) => {
      const id = `top-up-${++count}`
      await store.topUp({ id, tenantId: 'acme', amountNanos, note: 'test credit', idempotencyKey: null })
    },
    hold: (changes = {}) =>
      store.hold(holdOf(changes.attemptId ?? `attempt-${String(++count).padStart(6, '0')}`, changes)),
    settle: (attemptId, changes) => store.settle(settlementOf(attemptId, changes)),
  }
}

/** A test on a fresh bench. Whatever it did, the ledger must verify afterwards. */
export const rule = (name: string, openStore: OpenStore, body: (bench: Bench) => Promise<void>): void => {
  it(name, async () => {
    const bench = await openBench(openStore)
    try {
      await body(bench)
      expect(await bench.store.verify()).toMatchObject({ ok: true, problems: [] })
    } finally {
      await bench.store.close()
    }
  })
}
