import type { CallRecord, Settlement } from '../records.ts'
import { firstRow, type SqlRow, type Transaction, textOf } from '../sql.ts'
import { move } from './account.ts'
import { entriesOf } from './entries-column.ts'
import { type Amounts, type Entry, settledAmount } from './entry.ts'
import { appendLedgerRow } from './ledger-row.ts'
import { quantityDifference } from './quantity-columns.ts'
import { derivedAccounts, derivedColumns, derivedTables } from './scope-limits-derived.ts'
import { amountsOf, withOvershoot } from './settle.ts'

/**
 * Appends the one correction of an attempt. Takes the whole settlement as it should have been; the row carries the
 * difference, and the accounts of the admission move by it.
 *
 * @param before the call as it was settled, without a correction.
 */
export const appendCorrection = async (
  transaction: Transaction,
  before: CallRecord,
  settlement: Settlement,
): Promise<void> => {
  const held = await firstRow(transaction.sql, heldOf, [before.attemptId])
  if (held === undefined) throw new TypeError('a call without a hold')
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
  const differenceOf = (measure: Entry['measure']): bigint =>
    settledAmount(measure, settlement) - settledAmount(measure, before satisfies Amounts)
  await moveAll(transaction, held, differenceOf)
}

const moveAll = async (
  transaction: Transaction,
  held: SqlRow,
  differenceOf: (measure: Entry['measure']) => bigint,
): Promise<void> => {
  const entries = entriesOf(held)
  for (const { account, measure } of entries) {
    const tenantId = textOf(held, 'tenant_id')
    await move(transaction, { account, tenantId, held: 0n, settled: differenceOf(measure) })
  }
  for (const { account, measure } of derivedAccounts(held, entries)) {
    await transaction.sql.run(moveExisting, [account, differenceOf(measure)])
  }
}

const heldOf = `SELECT ${derivedColumns}, h.entries, h.adopted, h.wallet_nanos, h.spend_nanos, h.tokens
  FROM holds h ${derivedTables} WHERE h.attempt_id = $1`
const moveExisting = 'UPDATE accounts SET settled = settled + $2 WHERE id = $1'
