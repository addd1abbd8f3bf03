import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { createVendoError } from '@vendo/contract'
import type { Sql, SqlRow, SqlValue } from '../sql.ts'

interface Prepared {
  readonly statement: StatementSync
  /** Which parameter each placeholder of the text takes, in the order they stand there. */
  readonly order: readonly number[]
}

const constraintFailed = 19

/** The common {@link Sql} over one SQLite connection. Statements are prepared once per text. */
export const createSqliteSql = (database: DatabaseSync): Sql => {
  const prepared = new Map<string, Prepared>()
  const prepare = (text: string): Prepared => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const order: number[] = []
    const statement = database.prepare(
      text.replaceAll(/\$(\d+)/g, (_, place: string) => {
        order.push(Number(place) - 1)
        return '?'
      }),
    )
    statement.setReadBigInts(true)
    prepared.set(text, { statement, order })
    return { statement, order }
  }
  const values = ({ order }: Prepared, params: readonly SqlValue[]): SqlValue[] =>
    order.map((place) => params[place] ?? null)
  return {
    async all(text, params = []) {
      const entry = prepare(text)
      return translateErrors(() => entry.statement.all(...values(entry, params)) as SqlRow[])
    },
    async run(text, params = []) {
      const entry = prepare(text)
      return translateErrors(() => Number(entry.statement.run(...values(entry, params)).changes))
    },
  }
}

const translateErrors = <T>(query: () => T): T => {
  try {
    return query()
  } catch (error) {
    // Extended codes keep the primary code in the lowest byte.
    if ((((error as { errcode?: number }).errcode ?? 0) & 0xff) !== constraintFailed) throw error
    throw createVendoError('The record exists already, or names another that does not exist for this tenant.', {
      code: 'validation_failed',
      cause: error,
    })
  }
}
