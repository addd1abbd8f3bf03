import { DatabaseSync } from 'node:sqlite'
import { isVendoError } from '@vendo/contract'
import { readingCommands } from '../commands.ts'
import type { GroupJob } from '../group/group-job.ts'
import { stretchesOf } from '../group/stretches.ts'
import type { Job, Reply } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import { JobFailure, runAlone, runPlainly } from '../run-job.ts'
import { migrate } from '../schema/migrate.ts'
import type { Sql, Transaction } from '../sql.ts'
import { storeErrorData, storeUnavailable } from '../store-error.ts'
import { commitGroup } from './commit-group.ts'
import { LedgerMemory } from './ledger-memory.ts'
import { createPrivateFile } from './private-file.ts'
import { lockStore, type StoreLock } from './sqlite-lock.ts'
import { createSqliteSql } from './sqlite-sql.ts'

/** Where the store is; `:memory:` keeps nothing and is never locked. */
export interface SqliteLocation {
  readonly path: string
  /** `read` is for reports beside a session that writes. Default `write`. */
  readonly access?: 'read' | 'write'
  /** Whether other processes are kept out. */
  readonly lock: boolean
}

/** One open SQLite store, in the thread that opened it. */
export interface SqliteSession {
  /** Runs the jobs in one transaction and resolves after its commit. Must not be called again before that. */
  commit(jobs: readonly Job[], clock: () => EpochMs): Promise<readonly Reply[]>
  close(): void
}

// FULL: a commit is on the disk before anybody hears of it. The rest keeps a write-ahead log from growing without end.
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA busy_timeout = 1000;
  PRAGMA trusted_schema = OFF;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA cache_size = -8192;
`

/**
 * Opens the store, locks it and brings its schema up to date.
 *
 * @param watch sees every statement of a commit, and may fail it: for tests.
 * @throws {VendoError} `store_unavailable` when it is in use, unreadable, not a store, or of a newer version.
 */
export const openSqliteSession = async (
  { path, lock }: SqliteLocation,
  watch: (sql: Sql) => Sql = (sql) => sql,
): Promise<SqliteSession> => {
  let held: StoreLock | undefined
  let database: DatabaseSync | undefined
  try {
    if (path !== ':memory:') {
      createPrivateFile(path)
      if (lock) held = lockStore(path)
    }
    database = new DatabaseSync(path)
    database.exec(settings)
    return await createSession(database, held, watch)
  } catch (error) {
    database?.close()
    held?.release()
    if (isVendoError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw storeUnavailable(`The store ${path} cannot be opened: ${reason}.`, { cause: error })
  }
}

const createSession = async (
  database: DatabaseSync,
  lock: StoreLock | undefined,
  watch: (sql: Sql) => Sql,
): Promise<SqliteSession> => {
  const plain = createSqliteSql(database)
  await plain.run('BEGIN IMMEDIATE')
  await migrate({ sql: plain, now: Date.now() }, 'sqlite')
  await plain.run('COMMIT')
  const sql = watch(plain)
  const memory = new LedgerMemory()
  const inTransaction = async (work: RunJobs, clock: () => EpochMs): Promise<readonly Reply[]> => {
    try {
      await sql.run('BEGIN IMMEDIATE')
      await memory.refresh(sql)
      const replies = await work({ sql, now: clock() })
      await sql.run('COMMIT')
      return replies
    } catch (error) {
      memory.empty()
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
  return {
    async commit(jobs, clock) {
      try {
        return await inTransaction(runTogether(jobs, memory), clock).catch((error) => {
          // One job failed, which is rare: once more, so that only that one is undone.
          if (error instanceof JobFailure) return inTransaction(runEachAlone(jobs, memory), clock)
          throw error
        })
      } catch (error) {
        const failed: Reply = { ok: false, error: storeErrorData(error) }
        return jobs.map(() => failed)
      }
    },
    close() {
      database.close()
      lock?.release()
    },
  }
}

type RunJobs = (transaction: Transaction) => Promise<readonly Reply[]>

/** Decides holds and settlements in groups, and runs the rest between them one by one. */
const runTogether =
  (jobs: readonly Job[], memory: LedgerMemory): RunJobs =>
  async (transaction) => {
    const replies: Reply[] = []
    for (const stretch of stretchesOf(jobs)) {
      if ('group' in stretch) replies.push(...(await runGroup(transaction, memory, stretch.group)))
      else {
        replies.push(await runPlainly(transaction, stretch.job))
        if (!readingCommands.has(stretch.job.name)) memory.empty()
      }
    }
    return replies
  }

const runGroup = async (
  transaction: Transaction,
  memory: LedgerMemory,
  jobs: readonly GroupJob[],
): Promise<readonly Reply[]> => {
  try {
    return await commitGroup(transaction, memory, jobs)
  } catch (error) {
    throw new JobFailure('a group', { cause: error })
  }
}

const runEachAlone =
  (jobs: readonly Job[], memory: LedgerMemory): RunJobs =>
  async (transaction) => {
    // The single commands do not write what is remembered.
    memory.empty()
    const replies: Reply[] = []
    for (const job of jobs) replies.push(await runAlone(transaction, job))
    return replies
  }
