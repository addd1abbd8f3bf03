import { admissionDeadlineMs, withinDeadline } from '../outbox/store-deadline.ts'
import type { ConnectionRecord, EpochMs, KeyRecord, MarginRecord, RateOverride } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/** The store's directory, read through a cache that every write of this broker empties. */
export interface Directory {
  now(): EpochMs
  keyByHash(hash: string): Promise<KeyRecord | null>
  connection(id: string): Promise<ConnectionRecord | null>
  /** Oldest binding first. */
  boundConnections(appId: string): Promise<readonly ConnectionRecord[]>
  margins(): Promise<readonly MarginRecord[]>
  rateOverrides(): Promise<readonly RateOverride[]>
  /** Forgets everything; called after each management write. */
  invalidate(): void
  /** Grows with every {@link Directory.invalidate}: derived values compare it. */
  readonly version: number
}

const mostEntries = 100_000

/**
 * Creates the cache. It is safe to be stale: the hold reads key and connection again inside its transaction. Failures and
 * unknown keys are not kept, and a read that was under way during an invalidation is not kept either.
 */
export const createDirectory = (store: DirectoryStore, clock: () => EpochMs): Directory => {
  const cached = new Map<string, unknown>()
  let version = 0
  const remember = async <T>(name: string, load: () => Promise<T>): Promise<T> => {
    const known = cached.get(name)
    if (known !== undefined) return known as T
    const startedAt = version
    const value = await withinDeadline(load(), admissionDeadlineMs)
    if (value === null || version !== startedAt) return value
    if (cached.size >= mostEntries) cached.clear()
    cached.set(name, value)
    return value
  }
  return {
    now: clock,
    keyByHash: (hash) => remember(`key:${hash}`, () => store.findKeyByHash(hash)),
    connection: (id) => remember(`connection:${id}`, () => store.getConnection(id)),
    boundConnections: (appId) => remember(`bound:${appId}`, () => store.listBoundConnections(appId)),
    margins: () => remember('margins', () => store.listMargins()),
    rateOverrides: () => remember('rates', () => store.listRateOverrides()),
    invalidate: () => {
      version++
      cached.clear()
    },
    get version() {
      return version
    },
  }
}
