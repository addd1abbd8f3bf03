import type { Settlement } from '../records.ts'
import type { Transaction } from '../sql.ts'
import { appendCorrection } from './append-correction.ts'
import { assertAmounts, assertSums } from './assert-amounts.ts'
import { selectCalls } from './call-rows.ts'

/**
 * Appends the one correction of an attempt that was settled on an estimate because its answer went on in the background.
 * Takes the whole settlement as it should have been.
 *
 * @throws {VendoError} `validation_failed` for amounts that no call can have.
 */
export const correct = async (transaction: Transaction, settlement: Settlement): Promise<boolean> => {
  assertAmounts(settlement)
  assertSums(settlement)
  const [before] = await selectCalls(transaction.sql, awaitingCorrection, [settlement.attemptId])
  if (before === undefined) return false
  await appendCorrection(transaction, before, settlement)
  return true
}

const awaitingCorrection = `WHERE h.attempt_id = $1 AND t.state = 'estimated' AND t.reason = 'background'
  AND c.attempt_id IS NULL`
