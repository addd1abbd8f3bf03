import { appendOnlyPostgres, refuseRewritePostgres } from './append-only-postgres.ts'
import { appendOnlySqlite, refuseRewriteSqlite } from './append-only-sqlite.ts'
import { cheaperRowsSqlite } from './cheaper-rows-sqlite.ts'
import { directoryTables } from './directory-tables.ts'
import { ledgerTables } from './ledger-tables.ts'
import { appendedManagementTables, managementTables } from './management-tables.ts'
import { appendedMarginTables, marginOfBefore, marginTables } from './margin-tables.ts'
import { vaultCanaryTable } from './vault-canary-table.ts'

/** Which database a store lives in. */
export type Dialect = 'sqlite' | 'postgres'

/** One step of the schema. Once released it never changes: what comes later is another step. */
export interface Migration {
  readonly version: number
  /** Runs on every database. */
  readonly statements: readonly string[]
  /** Runs on every database too, unless the store is made just now. */
  readonly fromBefore?: readonly string[]
  /** What has no common wording, such as triggers. */
  readonly own: { readonly [D in Dialect]: readonly string[] }
}

/** Every step, oldest first. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    statements: [...directoryTables, ...ledgerTables],
    own: { sqlite: appendOnlySqlite, postgres: appendOnlyPostgres },
  },
  {
    version: 2,
    statements: [
      'ALTER TABLE accounts ADD COLUMN window_ends_at BIGINT',
      'CREATE INDEX accounts_prunable ON accounts (window_ends_at) WHERE window_ends_at IS NOT NULL',
    ],
    own: { sqlite: [], postgres: [] },
  },
  {
    version: 3,
    statements: managementTables,
    own: {
      sqlite: appendedManagementTables.flatMap(refuseRewriteSqlite),
      postgres: appendedManagementTables.flatMap(refuseRewritePostgres),
    },
  },
  {
    version: 4,
    statements: ['CREATE INDEX ledger_rows_response ON ledger_rows (response_id) WHERE response_id IS NOT NULL'],
    own: { sqlite: [], postgres: [] },
  },
  {
    version: 5,
    statements: [],
    own: { sqlite: cheaperRowsSqlite, postgres: [] },
  },
  {
    version: 6,
    statements: ['ALTER TABLE ledger_rows ADD COLUMN quantity_audio_second BIGINT'],
    own: { sqlite: [], postgres: [] },
  },
  {
    version: 7,
    statements: marginTables,
    fromBefore: marginOfBefore,
    own: {
      sqlite: appendedMarginTables.flatMap(refuseRewriteSqlite),
      postgres: appendedMarginTables.flatMap(refuseRewritePostgres),
    },
  },
  {
    version: 8,
    statements: vaultCanaryTable,
    own: { sqlite: [], postgres: [] },
  },
]
