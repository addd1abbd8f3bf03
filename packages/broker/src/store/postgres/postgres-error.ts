import { isVendoError } from '@vendo/contract'
import { brokenRule, type RuleKind } from '../broken-rule.ts'

/** The SQLSTATE of an error that Postgres reported; undefined for every other error, such as a lost connection. */
export const sqlStateOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !isVendoError(error) ? code : undefined
}

/** A connection that ended, or a statement that never got an answer. */
export class ConnectionLost extends Error {}

// https://www.postgresql.org/docs/15/errcodes-appendix.html: classes 22 and 23 are data exceptions and broken constraints.
/** Whether Postgres refuses the content of what it was asked to write: again would be refused again. */
export const isRefused = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error) ?? '')

/**
 * Turns what Postgres refuses because of its content into `validation_failed` that names the rule; anything else stays as it
 * is.
 */
export const translatePostgresError = (error: unknown): unknown => {
  if (!isRefused(error)) return error
  const { table, constraint, column } = error as { table?: string; constraint?: string; column?: string }
  const rule = constraint ?? column
  const name = rule === undefined || table === undefined ? rule : `${table}: ${rule}`
  return brokenRule({ kind: kinds.get(sqlStateOf(error) ?? '') ?? 'other', name, cause: error })
}

const kinds: ReadonlyMap<string, RuleKind> = new Map([
  ['23514', 'check'],
  ['23505', 'unique'],
  ['23503', 'foreign_key'],
  ['23502', 'not_null'],
  ['22003', 'range'],
])

/** Whether the same transaction may succeed when it is run again at once: it lost against another one. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(sqlStateOf(error) ?? '')

/** Whether the connection is gone or going, rather than the statement being wrong. */
export const isConnectionLoss = (error: unknown): boolean =>
  error instanceof ConnectionLost || /^(08|57P)/.test(sqlStateOf(error) ?? '')
