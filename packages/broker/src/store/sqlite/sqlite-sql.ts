import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { brokenRule, type RuleKind } from '../broken-rule.ts'
import type { Sql, SqlRow, SqlValue } from '../sql.ts'

/** The common {@link Sql}, answered at once: what runs for every call does not wait for promises that are kept already. */
export interface SqliteStatements {
  all(text: string, params?: readonly SqlValue[]): readonly SqlRow[]
  /** Returns the number of rows that were changed. */
  run(text: string, params?: readonly SqlValue[]): number
}

interface Prepared {
  readonly statement: StatementSync
  /** Which parameter each placeholder takes. */
  readonly order: readonly number[]
  /** Whether they stand in the order of the parameters, each once. */
  readonly inOrder: boolean
}

const constraintFailed = 19
const none: readonly SqlValue[] = []

/**
 * Statements over one SQLite connection, prepared once per text.
 *
 * @param watch called before and after each statement, and may throw: for tests.
 */
export const createSqliteStatements = (database: DatabaseSync, watch?: () => void): SqliteStatements => {
  const reading = createPreparing(database, true)
  // What was changed is counted in plain numbers, which cost less to make.
  const writing = createPreparing(database, false)
  const watched = <T>(query: () => T): T => {
    watch?.()
    const result = query()
    watch?.()
    return result
  }
  const all: SqliteStatements['all'] = (text, params = none) => {
    const prepared = reading(text)
    try {
      return prepared.statement.all(...valuesFor(prepared, params)) as SqlRow[]
    } catch (error) {
      throw translated(error)
    }
  }
  const run: SqliteStatements['run'] = (text, params = none) => {
    const prepared = writing(text)
    try {
      return Number(prepared.statement.run(...valuesFor(prepared, params)).changes)
    } catch (error) {
      throw translated(error)
    }
  }
  if (watch === undefined) return { all, run }
  return {
    all: (text, params) => watched(() => all(text, params)),
    run: (text, params) => watched(() => run(text, params)),
  }
}

/** The same statements for commands that run on every database. */
export const asSql = ({ all, run }: SqliteStatements): Sql => ({
  all: async (text, params) => all(text, params),
  run: async (text, params) => run(text, params),
})

const createPreparing = (database: DatabaseSync, readBigInts: boolean): ((text: string) => Prepared) => {
  const known = new Map<string, Prepared>()
  return (text) => {
    const earlier = known.get(text)
    if (earlier !== undefined) return earlier
    const prepared = prepareText(database, text)
    prepared.statement.setReadBigInts(readBigInts)
    known.set(text, prepared)
    return prepared
  }
}

const prepareText = (database: DatabaseSync, text: string): Prepared => {
  const order: number[] = []
  const statement = database.prepare(
    text.replaceAll(/\$(\d+)/g, (_, place: string) => {
      order.push(Number(place) - 1)
      return '?'
    }),
  )
  return { statement, order, inOrder: order.every((place, index) => place === index) }
}

const valuesFor = ({ order, inOrder }: Prepared, params: readonly SqlValue[]): readonly SqlValue[] =>
  inOrder && params.length === order.length ? params : order.map((place) => params[place] ?? null)

const translated = (error: unknown): unknown => {
  const { errcode = 0, code, message = '' } = error as { errcode?: number; code?: string; message?: string }
  // A bigint beyond 64 bits is refused by the driver, before SQLite sees it.
  if (code === 'ERR_INVALID_ARG_VALUE') return brokenRule({ kind: 'range', name: undefined, cause: error })
  // Extended codes keep the primary code in the lowest byte.
  if ((errcode & 0xff) !== constraintFailed) return error
  // "CHECK constraint failed: settled BETWEEN 0 AND 9": SQLite names the rule or the columns, and no value.
  const name = /^[A-Z ]+ constraint failed: (.+)$/s.exec(message)?.[1]
  return brokenRule({ kind: kinds.get(errcode) ?? 'other', name, cause: error })
}

// https://sqlite.org/rescode.html#constraint_check
const kinds: ReadonlyMap<number, RuleKind> = new Map([
  [275, 'check'],
  [787, 'foreign_key'],
  [1299, 'not_null'],
  [1555, 'unique'],
  [2067, 'unique'],
  [2579, 'unique'],
])
