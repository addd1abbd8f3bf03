import { priceUnknownFlag, type UsageGroup, type UsageQuery } from '../records.ts'
import { bigintOf, numberOf, type SqlRow, type SqlValue, type Transaction, textOf } from '../sql.ts'
import { quantitiesOf, quantityColumns } from './quantity-columns.ts'
import { dayName, millisecondsPerDay } from './window.ts'

// Postgres divides bigints without a remainder, as SQLite does.
const groupExpressions = {
  model: `COALESCE(c.served_model, t.served_model, h.model, '')`,
  integration: 'h.integration',
  key: 'h.key_id',
  app: `COALESCE(h.app_id, '')`,
  day: `h.admitted_at / ${millisecondsPerDay}`,
} satisfies { [By in UsageQuery['groupBy']]: string }

// Postgres sums bigints into a wider type.
const sum = (column: string): string => `CAST(SUM(t.${column} + COALESCE(c.${column}, 0)) AS BIGINT) AS ${column}`
const sumOfKnown = (column: string): string =>
  `CAST(SUM(COALESCE(t.${column}, 0) + COALESCE(c.${column}, 0)) AS BIGINT) AS ${column}`

const isUnknown = `'%"${priceUnknownFlag}"%'`
const priceUnknownCalls = `CAST(SUM(CASE WHEN COALESCE(c.flags, t.flags) LIKE ${isUnknown} THEN 1 ELSE 0 END) AS BIGINT) AS price_unknown_calls`

/**
 * Adds up the settled calls of a tenant, corrections included, by their admission: running calls and those that were never
 * dispatched are left out. A call is grouped under the model that was served; a group without a name is the empty text.
 */
export const summarizeUsage = async ({ sql }: Transaction, query: UsageQuery): Promise<readonly UsageGroup[]> => {
  const params: SqlValue[] = [query.tenantId]
  const where = ['h.tenant_id = $1', `t.state <> 'released'`]
  if (query.keyId !== undefined) where.push(`h.key_id = $${params.push(query.keyId)}`)
  if (query.appId !== undefined) where.push(`h.app_id = $${params.push(query.appId)}`)
  if (query.since !== undefined) where.push(`h.admitted_at >= $${params.push(query.since)}`)
  const rows = await sql.all(
    `SELECT ${groupExpressions[query.groupBy]} AS group_name, COUNT(*) AS calls, ${priceUnknownCalls},
       ${['wallet_nanos', 'list_nanos', 'cache_savings_nanos'].map(sum).join(', ')},
       ${quantityColumns.map(sumOfKnown).join(', ')}
     FROM holds h
     JOIN ledger_rows t ON t.attempt_id = h.attempt_id AND t.kind = 'terminal'
     LEFT JOIN ledger_rows c ON c.attempt_id = h.attempt_id AND c.kind = 'correction'
     WHERE ${where.join(' AND ')} GROUP BY 1 ORDER BY 1`,
    params,
  )
  return rows.map((row) => readGroup(row, query.groupBy))
}

const readGroup = (row: SqlRow, groupBy: UsageQuery['groupBy']): UsageGroup => ({
  group: groupBy === 'day' ? dayName(numberOf(row, 'group_name')) : textOf(row, 'group_name'),
  calls: numberOf(row, 'calls'),
  priceUnknownCalls: numberOf(row, 'price_unknown_calls'),
  quantities: quantitiesOf(row),
  listNanos: bigintOf(row, 'list_nanos'),
  chargeNanos: bigintOf(row, 'wallet_nanos'),
  cacheSavingsNanos: bigintOf(row, 'cache_savings_nanos'),
})
