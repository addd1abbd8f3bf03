import { createVendoError } from '@vendo/contract'
import type { TopUp } from '../records.ts'
import { bigintOf, firstRow, type Transaction, textOf } from '../sql.ts'
import { walletAccount } from './account.ts'
import { assertTopUp } from './assert-amounts.ts'

/**
 * Adds credit and resolves to the id of the row: the earlier one's when the idempotency key was used with this amount.
 *
 * @throws {VendoError} `idempotency_conflict` when it was used with another amount; `validation_failed` for no amount at all.
 */
export const topUp = async ({ sql, now }: Transaction, request: TopUp): Promise<string> => {
  assertTopUp(request.amountNanos)
  const added = await sql.run(
    `INSERT INTO top_ups (id, tenant_id, amount_nanos, note, idempotency_key, created_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, idempotency_key) DO NOTHING`,
    [request.id, request.tenantId, request.amountNanos, request.note, request.idempotencyKey, now],
  )
  if (added === 1) {
    await sql.run('UPDATE accounts SET credit = credit + $2 WHERE id = $1', [
      walletAccount(request.tenantId),
      request.amountNanos,
    ])
    return request.id
  }
  const text = 'SELECT id, amount_nanos FROM top_ups WHERE tenant_id = $1 AND idempotency_key = $2'
  const earlier = await firstRow(sql, text, [request.tenantId, request.idempotencyKey])
  if (earlier !== undefined && bigintOf(earlier, 'amount_nanos') === request.amountNanos) return textOf(earlier, 'id')
  throw createVendoError('This idempotency key was used for a top-up of another amount.', {
    code: 'idempotency_conflict',
  })
}
