import { dirname } from 'node:path'
import { type Committer, createGroupCommitStore } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import type { Store } from '../store.ts'
import { reportBeside } from './report-beside.ts'
import { openWorkerCommitter } from './worker-committer.ts'

/** Options of {@link openSqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file, made with its folder when missing; `:memory:` for a store that keeps nothing. */
  readonly path: string
  /** The store's clock, which decides windows and expiry. Default: the system's. */
  readonly clock?: () => EpochMs
  /** Keeps other processes out. Default true. */
  readonly lock?: boolean
  /** Writes in a worker thread. Default true; false is for tests and blocks the caller while the disk works. */
  readonly worker?: boolean
}

/**
 * Opens the store of one broker process, bringing its schema up to date. Every promise of the store resolves after its
 * commit has reached the disk.
 *
 * @throws {VendoError} `store_unavailable`, within a second when another process has it open.
 * @example
 * const store = await openSqliteStore({ path: '.vendo/store.db' })
 */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<Store> => {
  const { path, clock, lock = true, worker = true } = options
  const place = path === ':memory:' ? {} : { folder: dirname(path) }
  if (worker) {
    const store = createGroupCommitStore(await openWorkerCommitter({ path, lock }, clock))
    return { ...(path === ':memory:' ? store : reportBeside(store, path, clock)), ...place }
  }
  // Loaded only where it is used: Node 22 announces on stderr that its SQLite is experimental.
  const { openSqliteSession } = await import('./sqlite-session.ts')
  const session = await openSqliteSession({ path, lock })
  const committer: Committer = {
    commit: (jobs) => session.commit(jobs, clock ?? Date.now),
    close: async () => session.close(),
  }
  return { ...createGroupCommitStore(committer), ...place }
}
