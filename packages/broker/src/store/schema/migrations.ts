import { appendOnlySqlite } from './append-only-sqlite.ts'
import { directoryTables } from './directory-tables.ts'
import { ledgerTables } from './ledger-tables.ts'

/** One step of the schema. Once released it never changes: what comes later is another step. */
export interface Migration {
  readonly version: number
  /** Runs unchanged on every database. */
  readonly statements: readonly string[]
  /** What has no common wording, such as triggers. */
  readonly sqliteStatements: readonly string[]
}

/** Every step, oldest first. */
export const migrations: readonly Migration[] = [
  { version: 1, statements: [...directoryTables, ...ledgerTables], sqliteStatements: appendOnlySqlite },
]
