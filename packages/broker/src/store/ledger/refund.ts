import { createVendoError, type Nanos, usdFromNanos } from '@vendo/contract'
import type { Refund } from '../management-records.ts'
import type { CallRecord, Settlement } from '../records.ts'
import { firstRow, type Transaction } from '../sql.ts'
import { appendCorrection } from './append-correction.ts'
import { selectCalls } from './call-rows.ts'

/** What a refund gives back: to the wallet, and to the spend caps. */
export interface RefundAmounts {
  readonly walletNanos: Nanos
  readonly spendNanos: Nanos
}

/** Marks a call whose charge was given back. */
export const refundFlag = 'refunded'

/**
 * Gives back what an estimate charged, as the attempt's one correction. The wallet and every cap of the call's windows move
 * by it; why it was an estimate, and what it consumed, stays.
 *
 * @throws {VendoError} `not_found`; `idempotency_conflict` for a call that has its correction; `validation_failed` for a call
 *   that still runs or was measured, and for more than it counted.
 */
export const refund = async (transaction: Transaction, request: Refund): Promise<RefundAmounts> => {
  const { sql, now } = transaction
  const { attemptId, reason, authorKeyId } = request
  const call = await getCall(transaction, attemptId)
  if (call === null) throw createVendoError('There is no such call.', { code: 'not_found' })
  const corrected = "SELECT 1 AS found FROM ledger_rows WHERE attempt_id = $1 AND kind = 'correction'"
  if ((await firstRow(sql, corrected, [attemptId])) !== undefined) throw alreadyCorrected()
  const amounts = refundAmounts(call, request.amountNanos)
  const insert = `INSERT INTO refunds (attempt_id, wallet_nanos, spend_nanos, reason, author_key_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)`
  await sql.run(insert, [attemptId, amounts.walletNanos, amounts.spendNanos, reason, authorKeyId, now])
  await appendCorrection(transaction, call, settlementAfter(call, amounts))
  return amounts
}

/** A call with everything the ledger knows of it, or null. */
export const getCall = async ({ sql }: Transaction, attemptId: string): Promise<CallRecord | null> => {
  const [call] = await selectCalls(sql, 'WHERE h.attempt_id = $1', [attemptId])
  return call ?? null
}

/**
 * What a refund would give back of a call.
 *
 * @param amountNanos null for everything.
 * @throws {VendoError} as {@link refund} does.
 */
export const refundAmounts = (call: CallRecord, amountNanos: Nanos | null): RefundAmounts => {
  const { state, flags, walletNanos, spendNanos } = call
  if (flags.includes(refundFlag)) throw alreadyCorrected()
  if (state === 'open') throw invalid('This call still runs: there is nothing to give back yet.')
  if (state === 'released') throw invalid('This call was never dispatched and charged nothing.')
  if (state === 'actual') throw invalid('This call was measured: its charge is what it cost, and stays.')
  // Calls with the tenant's own credential charge nothing and still count against caps.
  const most = walletNanos > spendNanos ? walletNanos : spendNanos
  const amount = amountNanos ?? most
  if (most <= 0n || amount <= 0n) throw invalid('There is nothing to give back.')
  if (amount > most) throw invalid(`This call counts $${usdFromNanos(most)}: no more than that can be given back.`)
  return { walletNanos: smaller(amount, walletNanos), spendNanos: smaller(amount, spendNanos) }
}

const settlementAfter = (call: CallRecord, amounts: RefundAmounts): Settlement => ({
  ...call,
  state: 'estimated',
  flags: [...call.flags, refundFlag],
  walletNanos: call.walletNanos - amounts.walletNanos,
  spendNanos: call.spendNanos - amounts.spendNanos,
})

const smaller = (a: Nanos, b: Nanos): Nanos => (a < b ? a : b)

const invalid = (message: string) => createVendoError(message, { code: 'validation_failed' })

const alreadyCorrected = () =>
  createVendoError('This call has its one correction already, so nothing more can be given back.', {
    code: 'idempotency_conflict',
    suggestedFix: 'Look at the call with `GET /api/calls`: its flags say `refunded` if it was a refund.',
  })
