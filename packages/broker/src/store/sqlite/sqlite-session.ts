import { DatabaseSync } from 'node:sqlite'
import { isVendoError } from '@vendo/contract'
import { readingCommands } from '../commands.ts'
import type { GroupJob } from '../group/group-job.ts'
import { stretchesOf } from '../group/stretches.ts'
import type { Job, Reply } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import { JobFailure, runAlone, runPlainly } from '../run-job.ts'
import { migrate } from '../schema/migrate.ts'
import type { Transaction } from '../sql.ts'
import { storeErrorData, storeUnavailable } from '../store-error.ts'
import { commitGroup, type GroupPlace } from './commit-group.ts'
import { LedgerMemory } from './ledger-memory.ts'
import { createPrivateFile } from './private-file.ts'
import { lockStore, type StoreLock } from './sqlite-lock.ts'
import { asSql, createSqliteStatements } from './sqlite-sql.ts'
import { createLogTrim } from './trim-log.ts'

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
 * @param watch called before and after every statement of a commit, and may fail it: for tests.
 * @throws {VendoError} `store_unavailable` when it is in use, unreadable, not a store, or of a newer version.
 */
export const openSqliteSession = async ({ path, lock }: SqliteLocation, watch?: () => void): Promise<SqliteSession> => {
  let held: StoreLock | undefined
  let database: DatabaseSync | undefined
  try {
    if (path !== ':memory:') {
      createPrivateFile(path)
      if (lock) held = lockStore(path)
    }
    database = new DatabaseSync(path)
    database.exec(settings)
    return await createSession(database, { lock: held, watch, trimLog: createLogTrim(database, path) })
  } catch (error) {
    database?.close()
    held?.release()
    if (isVendoError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw storeUnavailable(`The store ${path} cannot be opened: ${reason}.`, { cause: error })
  }
}

interface SessionParts {
  readonly lock: StoreLock | undefined
  readonly watch: (() => void) | undefined
  readonly trimLog: () => void
}

const createSession = async (
  database: DatabaseSync,
  { lock, watch, trimLog }: SessionParts,
): Promise<SqliteSession> => {
  database.exec('BEGIN IMMEDIATE')
  await migrate({ sql: asSql(createSqliteStatements(database)), now: Date.now() }, 'sqlite')
  database.exec('COMMIT')
  const statements = createSqliteStatements(database, watch)
  const sql = asSql(statements)
  const memory = new LedgerMemory(statements)
  const inTransaction = async (work: RunJobs, clock: () => EpochMs): Promise<readonly Reply[]> => {
    try {
      statements.run('BEGIN IMMEDIATE')
      memory.refresh()
      const replies = await work({ sql, statements, memory, now: clock() })
      statements.run('COMMIT')
      trimLog()
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
        return await inTransaction(runTogether(jobs), clock).catch((error) => {
          // One job failed, which is rare: once more, so that only that one is undone.
          if (error instanceof JobFailure) return inTransaction(runEachAlone(jobs), clock)
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

/** What the jobs of a batch run in: for commands, and for what holds and settlements need beside. */
interface SqliteTransaction extends Transaction, GroupPlace {}

type RunJobs = (transaction: SqliteTransaction) => Promise<readonly Reply[]>

/** Decides holds and settlements in groups, and runs the rest between them one by one. */
const runTogether =
  (jobs: readonly Job[]): RunJobs =>
  async (transaction) => {
    const replies: Reply[] = []
    for (const stretch of stretchesOf(jobs)) {
      if ('group' in stretch) replies.push(...runGroup(transaction, stretch.group))
      else {
        replies.push(await runPlainly(transaction, stretch.job))
        if (!readingCommands.has(stretch.job.name)) transaction.memory.empty()
      }
    }
    return replies
  }

const runGroup = (place: GroupPlace, jobs: readonly GroupJob[]): readonly Reply[] => {
  try {
    return commitGroup(place, jobs)
  } catch (error) {
    throw new JobFailure('a group', { cause: error })
  }
}

const runEachAlone =
  (jobs: readonly Job[]): RunJobs =>
  async (transaction) => {
    // The single commands do not write what is remembered.
    transaction.memory.empty()
    const replies: Reply[] = []
    for (const job of jobs) replies.push(await runAlone(transaction, job))
    return replies
  }
