import type { EpochMs } from './records.ts'

/** What goes into and comes out of a column. Numbers must be safe integers; every whole number comes back as a bigint. */
export type SqlValue = string | bigint | number | null

/** One row, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/**
 * The whole of what the ledger and the directory need from a database. The text is the subset that SQLite and Postgres 15
 * both run unchanged: `$1` placeholders, text ids, bigint money and times, JSON in text.
 */
export interface Sql {
  all(text: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>
  /** Resolves to the number of rows that were changed. */
  run(text: string, params?: readonly SqlValue[]): Promise<number>
}

/** What a store command runs in: one database transaction, and the store's clock as read after it began. */
export interface Transaction {
  readonly sql: Sql
  readonly now: EpochMs
}

/** The first row, if there is one. */
export const firstRow = async (sql: Sql, text: string, params: readonly SqlValue[]): Promise<SqlRow | undefined> =>
  (await sql.all(text, params))[0]

/** Reads a text column that cannot be null. */
export const textOf = (row: SqlRow, column: string): string => {
  const value = row[column]
  if (typeof value === 'string') return value
  throw unexpected(column)
}

/** Reads a text column. */
export const textOrNull = (row: SqlRow, column: string): string | null =>
  row[column] === null ? null : textOf(row, column)

/** Reads a whole number exactly: money, always. */
export const bigintOf = (row: SqlRow, column: string): bigint => {
  const value = row[column]
  if (typeof value === 'bigint') return value
  throw unexpected(column)
}

/** Reads a whole number that is neither money nor beyond 2⁵³: times, counts. */
export const numberOf = (row: SqlRow, column: string): number => Number(bigintOf(row, column))

/** Reads a whole number that may be absent. */
export const numberOrNull = (row: SqlRow, column: string): number | null =>
  row[column] === null ? null : numberOf(row, column)

/** Reads JSON that the store itself wrote. */
export const jsonOf = <T>(row: SqlRow, column: string): T => JSON.parse(textOf(row, column)) as T

const unexpected = (column: string): TypeError => new TypeError(`column ${column} does not hold what the schema says`)
