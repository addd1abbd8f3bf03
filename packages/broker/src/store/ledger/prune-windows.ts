import type { EpochMs } from '../records.ts'
import type { Transaction } from '../sql.ts'
import { millisecondsPerDay } from './window.ts'

const mostAtOnce = 5000

/**
 * Removes accounts of limits per minute that ended before `before`, and at least a day ago by the store's clock; one that a
 * call still holds stays. Resolves to their number, at most 5000.
 */
export const pruneWindows = ({ sql, now }: Transaction, before: EpochMs): Promise<number> =>
  sql.run(
    `DELETE FROM accounts WHERE id IN
       (SELECT id FROM accounts WHERE window_ends_at <= $1 AND held = 0 ORDER BY window_ends_at LIMIT $2)
     AND held = 0`,
    [Math.min(before, now - millisecondsPerDay), mostAtOnce],
  )
