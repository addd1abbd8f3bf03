import { DatabaseSync } from 'node:sqlite'
import type { Reply } from '../group-commit-store.ts'
import { runPlainly } from '../run-job.ts'
import { storeErrorData, storeUnavailable } from '../store-error.ts'
import type { SqliteSession } from './sqlite-session.ts'
import { asSql, createSqliteStatements } from './sqlite-sql.ts'

const settings = `
  PRAGMA busy_timeout = 1000;
  PRAGMA trusted_schema = OFF;
  PRAGMA query_only = ON;
`

/**
 * Opens a store that another session writes, for reports: each of its batches sees the store at one instant, and stops
 * nobody from writing.
 *
 * @throws {VendoError} `store_unavailable`
 */
export const openReadSession = (path: string): SqliteSession => {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(path, { readOnly: true })
    database.exec(settings)
  } catch (cause) {
    throw storeUnavailable(`The store ${path} cannot be read.`, { cause })
  }
  const sql = asSql(createSqliteStatements(database))
  return {
    async commit(jobs, clock) {
      const replies: Reply[] = []
      try {
        await sql.run('BEGIN')
        const transaction = { sql, now: clock() }
        for (const job of jobs) {
          replies.push(
            await runPlainly(transaction, job).catch(
              ({ cause }: Error): Reply => ({ ok: false, error: storeErrorData(cause) }),
            ),
          )
        }
        return replies
      } finally {
        if (database.isTransaction) database.exec('ROLLBACK')
      }
    },
    close: () => database.close(),
  }
}
