import type { Settlement } from '../records.ts'
import { firstRow, type Transaction, textOf } from '../sql.ts'
import { move } from './account.ts'
import { assertAmounts } from './assert-amounts.ts'
import { selectCalls } from './call-rows.ts'
import { type Amounts, entriesOf, settledAmount } from './entry.ts'
import { appendLedgerRow } from './ledger-row.ts'
import { quantityDifference } from './quantity-columns.ts'
import { amountsOf, withOvershoot } from './settle.ts'

/**
 * Appends the one correction of an attempt that was settled on an estimate because its answer went on in the background.
 * Takes the whole settlement as it should have been; the row carries the difference, and the accounts of the admission
 * move by it.
 *
 * @throws {VendoError} `validation_failed` for amounts that no call can have.
 */
export const correct = async (transaction: Transaction, settlement: Settlement): Promise<boolean> => {
  assertAmounts(settlement)
  const { sql } = transaction
  const [before] = await selectCalls(sql, awaitingCorrection, [settlement.attemptId])
  const held = await firstRow(sql, heldOf, [settlement.attemptId])
  if (before === undefined || held === undefined) return false
  const flagged = withOvershoot(settlement, settlement, amountsOf(held))
  const difference: Settlement = {
    ...flagged,
    walletNanos: flagged.walletNanos - before.walletNanos,
    spendNanos: flagged.spendNanos - before.spendNanos,
    listNanos: flagged.listNanos - before.listNanos,
    cacheSavingsNanos: flagged.cacheSavingsNanos - before.cacheSavingsNanos,
    tokens: flagged.tokens - before.tokens,
    quantities: quantityDifference(flagged.quantities, before.quantities),
  }
  await appendLedgerRow(transaction, 'correction', difference)
  for (const { account, measure } of entriesOf(held)) {
    const settled = settledAmount(measure, settlement) - settledAmount(measure, before satisfies Amounts)
    await move(transaction, { account, tenantId: textOf(held, 'tenant_id'), held: 0n, settled })
  }
  return true
}

const awaitingCorrection = `WHERE h.attempt_id = $1 AND t.state = 'estimated' AND t.reason = 'background'
  AND c.attempt_id IS NULL`
const heldOf = 'SELECT tenant_id, entries, wallet_nanos, spend_nanos, tokens FROM holds WHERE attempt_id = $1'
