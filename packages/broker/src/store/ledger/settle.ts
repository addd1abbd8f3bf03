import { createVendoError } from '@vendo/contract'
import { bigintOf, numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'
import { move } from './account.ts'
import { assertAmounts, assertSums } from './assert-amounts.ts'
import { entriesOf } from './entries-column.ts'
import { type Amounts, settledAmount } from './entry.ts'
import { appendLedgerRow, type WritableSettlement } from './ledger-row.ts'

/**
 * Closes a hold, appends its terminal row and moves its amounts from held to settled. Only the caller that closes the hold
 * does anything; every other one gets false. More than was held is charged all the same, and flagged `overshoot`.
 *
 * @throws {VendoError} `validation_failed` for amounts that no call can have, and for a released call that costs something.
 */
export const settle = async (transaction: Transaction, settlement: WritableSettlement): Promise<boolean> => {
  assertSettlement(settlement)
  const [closed] = await transaction.sql.all(
    `UPDATE holds SET state = 'closed' WHERE attempt_id = $1 AND state = 'open'
     RETURNING tenant_id, entries, adopted, wallet_nanos, spend_nanos, tokens`,
    [settlement.attemptId],
  )
  if (closed === undefined) return false
  await appendLedgerRow(transaction, 'terminal', withOvershoot(settlement, settlement, amountsOf(closed)))
  for (const { account, measure, amount } of entriesOf(closed)) {
    const tenantId = textOf(closed, 'tenant_id')
    await move(transaction, { account, tenantId, held: amount, settled: settledAmount(measure, settlement) })
  }
  return true
}

/**
 * Refuses what no call can end as.
 *
 * @throws {VendoError} `validation_failed` for amounts that no call can have, and for a released call that costs something.
 */
export const assertSettlement = (settlement: WritableSettlement): void => {
  assertAmounts(settlement)
  assertSums(settlement)
  if (settlement.state === 'released' && (settlement.walletNanos !== 0n || settlement.spendNanos !== 0n)) {
    throw createVendoError('A released attempt was not dispatched and costs nothing.', { code: 'validation_failed' })
  }
}

/** The amounts of a hold or ledger row. */
export const amountsOf = (row: SqlRow): Amounts => ({
  walletNanos: bigintOf(row, 'wallet_nanos'),
  spendNanos: bigintOf(row, 'spend_nanos'),
  tokens: numberOf(row, 'tokens'),
})

/** The settlement, flagged when the call turned out to cost more of anything than was held. */
export const withOvershoot = <S extends WritableSettlement>(settlement: S, actual: Amounts, held: Amounts): S =>
  exceeds(actual, held) && !settlement.flags.includes(overshootFlag)
    ? { ...settlement, flags: [...settlement.flags, overshootFlag] }
    : settlement

/** Whether any amount is more than was held. */
export const exceeds = (actual: Amounts, held: Amounts): boolean =>
  actual.walletNanos > held.walletNanos || actual.spendNanos > held.spendNanos || actual.tokens > held.tokens

/** Marks a row whose amounts went beyond the hold. */
export const overshootFlag = 'overshoot'
