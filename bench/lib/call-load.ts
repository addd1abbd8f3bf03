import { setTimeout as wait } from 'node:timers/promises'
import type { Store } from '@vendo/broker'

/** How a {@link callForSeconds} load is made. */
export interface CallLoad {
  /** Calls at one time. */
  readonly callers: number
  readonly seconds: number
  /** Calls per second of all callers together; 0 for as many as go. */
  readonly callsPerSecond: number
  /** Keeps the attempt ids of several processes apart. */
  readonly name: string
}

/** Milliseconds that each hold and each settlement took. */
export interface Latencies {
  readonly hold: number[]
  readonly settle: number[]
}

/** One tenant with an app, a connection, a key with every kind of limit, and a lot of credit. */
export const seedTenant = async (store: Store): Promise<void> => {
  const createdAt = 1_000
  await store.createTenant({ id: 'acme', name: 'Acme', createdAt })
  await store.createApp({ id: 'acme-app', tenantId: 'acme', name: 'Acme app', createdAt })
  await store.createConnection({
    ...{ id: 'acme-anthropic', tenantId: 'acme', integration: 'anthropic', profile: 'vendo_managed_pool' },
    ...{ name: 'Anthropic', status: 'connected', metadata: {}, sealed: { envelope: 'sealed-fake' }, createdAt },
  })
  await store.createKey({
    ...{ id: 'key-1', tenantId: 'acme', kind: 'inference', scope: 'app', name: 'bench', hash: 'hash-of-key-1' },
    ...{ display: 'vendo_sk_…fake', appId: 'acme-app', connectionId: null, createdAt, expiresAt: null },
    limits: { spend_day_usd: '90000000', requests_per_minute: 100_000_000, concurrency: 10_000 },
    revokedAt: null,
  })
  await store.topUp({
    ...{ id: 'credit', tenantId: 'acme', amountNanos: 10n ** 17n, note: 'bench', idempotencyKey: null },
  })
}

/** Holds and settles again and again. */
export const callForSeconds = async (store: Store, load: CallLoad): Promise<Latencies> => {
  const latencies: Latencies = { hold: [], settle: [] }
  const end = performance.now() + load.seconds * 1000
  const pauseMs = load.callsPerSecond === 0 ? 0 : (load.callers / load.callsPerSecond) * 1000
  const call = async (attemptId: string): Promise<void> => {
    latencies.hold.push(await timed(() => hold(store, attemptId)))
    latencies.settle.push(await timed(() => settle(store, attemptId)))
  }
  const callAgain = async (caller: number): Promise<void> => {
    for (let index = 0; performance.now() < end; index++) {
      const startedAt = performance.now()
      await call(`${load.name}-${caller}-${index}`)
      const rest = pauseMs - (performance.now() - startedAt)
      if (rest > 0) await wait(rest)
    }
  }
  await call(`${load.name}-warm`)
  latencies.hold.length = 0
  latencies.settle.length = 0
  await Promise.all(Array.from({ length: load.callers }, (_, caller) => callAgain(caller)))
  return latencies
}

const timed = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const hold = async (store: Store, attemptId: string): Promise<void> => {
  const outcome = await store.hold({
    ...{ attemptId, requestId: attemptId, tenantId: 'acme', keyId: 'key-1', appId: 'acme-app' },
    ...{ connectionId: 'acme-anthropic', integration: 'anthropic', route: 'POST /v1/messages', model: 'bench' },
    ...{ streamed: true, walletNanos: 100n, spendNanos: 100n, tokens: 100, defaultRequestsPerMinute: null },
    ttlMs: 60_000,
  })
  if (!outcome.admitted) throw new Error(`refused: ${outcome.code}`)
}

const settle = async (store: Store, attemptId: string): Promise<void> => {
  await store.settle({
    ...{ attemptId, state: 'actual', reason: null, flags: [], lines: [], quantities: { input: 3, output: 5 } },
    ...{ walletNanos: 60n, spendNanos: 60n, listNanos: 50n, cacheSavingsNanos: 0n, tokens: 8 },
    ...{ reasoningTokens: null, servedModel: 'bench', responseId: null, upstreamStatus: 200 },
    ...{ ttfbMs: 1, durationMs: 2 },
  })
}
