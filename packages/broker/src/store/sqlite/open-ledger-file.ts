import type { DatabaseSync } from 'node:sqlite'
import { migrations } from '../schema/migrations.ts'
import { storeUnavailable } from '../store-error.ts'

/**
 * Opens the file of a SQLite store for reading, beside whatever writes it.
 *
 * @throws {VendoError} `store_unavailable` naming the file when it cannot be read, is no store, or is of another version.
 */
export const openLedgerFile = async (path: string): Promise<DatabaseSync> => {
  // Loaded only where it is used: Node 22 announces on stderr that its SQLite is experimental.
  const { DatabaseSync } = await import('node:sqlite')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    database.exec('PRAGMA busy_timeout = 1000; PRAGMA trusted_schema = OFF')
    assertVersion(Number(database.prepare('SELECT MAX(version) AS version FROM schema_versions').get()?.['version']))
    return database
  } catch (cause) {
    database?.close()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw storeUnavailable(`${path} cannot be read as a ledger: ${reason}.`, {
      cause,
      suggestedFix: 'Name the file of a SQLite store, such as .vendo/ledger.sqlite.',
    })
  }
}

const latest = migrations.length

const assertVersion = (version: number): void => {
  if (version === latest) return
  throw new RangeError(`its schema has version ${version}, and this Vendo reads version ${latest}`)
}
