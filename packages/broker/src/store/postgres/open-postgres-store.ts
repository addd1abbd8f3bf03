import type { EpochMs } from '../records.ts'
import type { Store } from '../store.ts'
import { storeUnavailable } from '../store-error.ts'
import { createPostgresStore } from './postgres-store.ts'
import { startFailure } from './start-failure.ts'

/** Options of {@link openPostgresStore}. */
export interface PostgresStoreOptions {
  /** `postgres://user@host/database`; settings of libpq such as `?sslmode=verify-full` work. Not kept, never printed. */
  readonly url: string
  /** Decides windows and expiry. Default: the database's clock, which all brokers share. For tests. */
  readonly clock?: () => EpochMs
  /** The most connections of this process, at least 2; default 8. One of them writes the ledger. */
  readonly poolSize?: number
  /** After how long a call of the store without an answer is `store_unavailable`, in ms; default 950. */
  readonly patienceMs?: number
}

/**
 * Opens a store that many brokers share, bringing its schema up to date. Every promise of the store resolves after its
 * commit; one that rejects with `store_unavailable` may have been committed all the same, which repeating a settlement, or
 * settling as `released`, resolves.
 *
 * @throws {VendoError} `store_unavailable` when the database cannot be reached, is older than Postgres 15, or was written by
 *   a newer Vendo.
 * @example
 * const store = await openPostgresStore({ url: 'postgres://vendo@db.internal/vendo?sslmode=verify-full' })
 */
export const openPostgresStore = async (options: PostgresStoreOptions): Promise<Store> => {
  const { url, clock, poolSize = 8, patienceMs = 950 } = options
  assertPostgresUrl(url)
  // Loaded only where it is used.
  const { openConnections } = await import('./connection.ts')
  const connectMs = Math.max(1, Math.floor(patienceMs * 0.9))
  return createPostgresStore({
    ledger: openConnections({ url, size: 1, connectMs, statementMs: patienceMs, abandonedMs: 2_000 }),
    general: openConnections({ url, size: Math.max(1, poolSize - 1), connectMs, abandonedMs: 20_000 }),
    clock,
    patienceMs,
    explain: (error) => startFailure(url, error),
  })
}

/** Checked here, because the errors of parsers quote the URL and the password in it. */
const assertPostgresUrl = (url: string): void => {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return
  throw storeUnavailable('The address of the store is not a postgres:// URL.', {
    suggestedFix: 'Use postgres://USER@HOST/DATABASE, with the password in PGPASSWORD or a .pgpass file.',
  })
}
