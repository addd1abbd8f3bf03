import { createVendoError } from '@vendo/contract'
import type { CallQuery, CallRecord } from '../records.ts'
import { firstRow, numberOf, type Sql, type SqlValue, type Transaction } from '../sql.ts'
import { selectCalls } from './call-rows.ts'

/**
 * A tenant's calls, oldest first.
 *
 * @throws {VendoError} `validation_failed` when `after` is not a call of this tenant.
 */
export const listCalls = async ({ sql }: Transaction, query: CallQuery): Promise<readonly CallRecord[]> => {
  const params: SqlValue[] = [query.tenantId]
  const where = ['h.tenant_id = $1']
  const add = (condition: (...places: string[]) => string, ...values: readonly SqlValue[]): void => {
    where.push(condition(...values.map((value) => `$${params.push(value)}`)))
  }
  if (query.keyId !== undefined) add((place) => `h.key_id = ${place}`, query.keyId)
  if (query.appId !== undefined) add((place) => `h.app_id = ${place}`, query.appId)
  if (query.since !== undefined) add((place) => `h.admitted_at >= ${place}`, query.since)
  if (query.after !== undefined) {
    const admittedAt = await admittedAtOf(sql, query.tenantId, query.after)
    add((time, id) => `(h.admitted_at, h.attempt_id) > (${time}, ${id})`, admittedAt, query.after)
  }
  const limit = `$${params.push(query.limit)}`
  return selectCalls(sql, `WHERE ${where.join(' AND ')} ORDER BY h.admitted_at, h.attempt_id LIMIT ${limit}`, params)
}

const admittedAtOf = async (sql: Sql, tenantId: string, attemptId: string): Promise<number> => {
  const text = 'SELECT admitted_at FROM holds WHERE attempt_id = $1 AND tenant_id = $2'
  const row = await firstRow(sql, text, [attemptId, tenantId])
  if (row === undefined) throw createVendoError('`after` does not name a call.', { code: 'validation_failed' })
  return numberOf(row, 'admitted_at')
}

/** The call whose answer went on in the background under this response id, as long as it has no correction. */
export const findPendingResponse = async (
  { sql }: Transaction,
  tenantId: string,
  responseId: string,
): Promise<CallRecord | null> => {
  const where = `WHERE h.tenant_id = $1 AND t.response_id = $2 AND t.reason = 'background' AND t.state = 'estimated'
    AND c.attempt_id IS NULL ORDER BY h.admitted_at DESC LIMIT 1`
  const [call] = await selectCalls(sql, where, [tenantId, responseId])
  return call ?? null
}

/** Whether an attempt of the tenant produced this response id. */
export const ownsResponse = async ({ sql }: Transaction, tenantId: string, responseId: string): Promise<boolean> => {
  const text = `SELECT h.attempt_id FROM ledger_rows r JOIN holds h ON h.attempt_id = r.attempt_id
    WHERE h.tenant_id = $1 AND r.response_id = $2 LIMIT 1`
  return (await firstRow(sql, text, [tenantId, responseId])) !== undefined
}
