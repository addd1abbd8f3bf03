import { orphanColumns, orphanSettlement } from '../ledger/settle-orphans.ts'
import type { EpochMs } from '../records.ts'
import type { SqlRow } from '../sql.ts'
import type { PostgresLedger } from './ledger.ts'

const pageSize = 500

/** One page of open holds, soonest expiry first. */
export const orphanPage = {
  all: `SELECT ${orphanColumns} FROM holds WHERE state = 'open'
    ORDER BY expires_at LIMIT ${pageSize}`,
  expired: `SELECT ${orphanColumns} FROM holds WHERE state = 'open' AND expires_at < $1
    ORDER BY expires_at LIMIT ${pageSize}`,
} as const

/**
 * Settles orphans page by page through the ledger's lane, so that calls go on in between. Each is looked at again under its
 * tenant's lock: what was renewed or settled meanwhile is left alone.
 */
export const settleExpired = async (
  before: EpochMs | null,
  readPage: (before: EpochMs | null) => Promise<readonly SqlRow[]>,
  ledger: PostgresLedger,
): Promise<number> => {
  let count = 0
  for (;;) {
    const rows = await readPage(before)
    const settled = await Promise.all(
      rows.map((row) => ledger.settleExpired(orphanSettlement(row), before ?? undefined)),
    )
    const closed = settled.filter(Boolean).length
    count += closed
    if (rows.length < pageSize || closed === 0) return count
  }
}
