import type { EpochMs, Settlement } from '../records.ts'
import { type SqlRow, type Transaction, textOf } from '../sql.ts'
import { reservedNanosOf } from './entries-column.ts'
import { amountsOf, settle } from './settle.ts'

const pageSize = 500

/**
 * Settles open holds whose call can no longer end by itself, at the amounts they hold without a reserve: nobody knows what the
 * upstream did, and a bound is never too small. List price is taken as what counts against caps.
 *
 * @param before settles what expired before this instant; null settles every open hold.
 */
export const settleOrphans = async (transaction: Transaction, before: EpochMs | null): Promise<number> => {
  const select = `SELECT ${orphanColumns} FROM holds
    WHERE state = 'open' ${before === null ? '' : 'AND expires_at < $2'} ORDER BY expires_at LIMIT $1`
  const params = before === null ? [pageSize] : [pageSize, before]
  let count = 0
  for (;;) {
    const rows = await transaction.sql.all(select, params)
    for (const row of rows) if (await settle(transaction, orphanSettlement(row))) count++
    if (rows.length < pageSize) return count
  }
}

/** The columns of a hold that {@link orphanSettlement} reads. */
export const orphanColumns = 'attempt_id, entries, wallet_nanos, spend_nanos, tokens'

/** The end of a call that nobody ended: what it held without its reserve, flagged. */
export const orphanSettlement = (row: SqlRow): Settlement => {
  const all = amountsOf(row)
  const held = { ...all, spendNanos: all.spendNanos - reservedNanosOf(row) }
  return {
    ...held,
    attemptId: textOf(row, 'attempt_id'),
    state: 'estimated',
    reason: 'orphaned',
    flags: ['orphaned'],
    listNanos: held.spendNanos,
    cacheSavingsNanos: 0n,
    lines: [],
    quantities: {},
    reasoningTokens: null,
    servedModel: null,
    responseId: null,
    upstreamStatus: null,
    ttfbMs: null,
    durationMs: null,
  }
}
