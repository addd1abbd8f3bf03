import type { SharedLimits } from '@vendo/contract/api'
import { admissionDeadlineMs, withinDeadline } from '../outbox/store-deadline.ts'
import type { ConnectionRecord, EpochMs, KeyRecord, MarginRecord, RateOverride } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { Soon } from './soon.ts'

/** The store's directory, read through a cache that every write of this broker empties. */
export interface Directory {
  now(): EpochMs
  keyByHash(hash: string): Soon<KeyRecord | null>
  connection(id: string): Soon<ConnectionRecord | null>
  /** Oldest binding first. */
  boundConnections(appId: string): Soon<readonly ConnectionRecord[]>
  /** The limits that all keys of an app, or of a tenant, share. */
  sharedLimits(scope: SharedScope, tenantId: string): Soon<SharedLimits>
  margins(): Soon<readonly MarginRecord[]>
  rateOverrides(): Soon<readonly RateOverride[]>
  /** Forgets everything; called after each management write. */
  invalidate(): void
  /** Grows with every {@link Directory.invalidate}: derived values compare it. */
  version(): number
}

/** An app or a tenant. */
export interface SharedScope {
  readonly kind: 'app' | 'tenant'
  readonly id: string
}

/** Of keys, of connections, of shared limits, and of apps with their bindings. */
const mostEntries = 100_000
/** There is one list of all of these. */
const all = 'all'
/** How long a binding, a margin or a rate that another broker changed can still count here. */
const sharedForMs = 2_000

/** Whether other processes write to the same store. */
interface SharedStore {
  readonly exclusive: boolean
}

/**
 * Creates the cache. It is safe to be stale: the hold reads key and connection again inside its transaction. Failures and
 * unknown keys are not kept, and a read that was under way during an invalidation is not kept either.
 */
export const createDirectory = (store: DirectoryStore & SharedStore, clock: () => EpochMs): Directory => {
  const keys = new Map<string, KeyRecord>()
  const connections = new Map<string, ConnectionRecord>()
  const bound = new Map<string, readonly ConnectionRecord[]>()
  const limits = { app: new Map<string, SharedLimits>(), tenant: new Map<string, SharedLimits>() }
  const margins = new Map<typeof all, readonly MarginRecord[]>()
  const rates = new Map<typeof all, readonly RateOverride[]>()
  let version = 0
  let emptiedAt = clock()
  const empty = () => {
    version++
    for (const cached of [keys, connections, bound, limits.app, limits.tenant, margins, rates]) cached.clear()
    emptiedAt = clock()
  }
  // Other brokers write too, and none of them tells: what they changed is seen after a moment at the latest.
  const emptyIfShared = () => {
    if (!store.exclusive && clock() - emptiedAt >= sharedForMs) empty()
  }
  const remember = <N, T>(cached: Map<N, T & {}>, name: N, load: () => Promise<T>): Soon<T> => {
    emptyIfShared()
    return cached.get(name) ?? loadAndKeep(cached, name, load)
  }
  const loadAndKeep = async <N, T>(cached: Map<N, T & {}>, name: N, load: () => Promise<T>): Promise<T> => {
    const startedAt = version
    const value = await withinDeadline(load(), admissionDeadlineMs)
    if (value === null || value === undefined || version !== startedAt) return value
    if (cached.size >= mostEntries) cached.clear()
    cached.set(name, value)
    return value
  }
  return {
    now: clock,
    keyByHash: (hash) => remember(keys, hash, () => store.findKeyByHash(hash)),
    connection: (id) => remember(connections, id, () => store.getConnection(id)),
    boundConnections: (appId) => remember(bound, appId, () => store.listBoundConnections(appId)),
    sharedLimits: (scope, tenantId) =>
      remember(limits[scope.kind], scope.id, () => store.sharedLimits(scope, tenantId)),
    margins: () => remember(margins, all, () => store.listMargins()),
    rateOverrides: () => remember(rates, all, () => store.listRateOverrides()),
    invalidate: empty,
    version: () => {
      emptyIfShared()
      return version
    },
  }
}
