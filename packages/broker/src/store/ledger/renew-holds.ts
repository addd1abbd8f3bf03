import type { Transaction } from '../sql.ts'

const groupSize = 100
const places = Array.from({ length: groupSize }, (_, index) => `$${index + 2}`).join(', ')
const update = `UPDATE holds SET expires_at = $1 WHERE attempt_id IN (${places}) AND state = 'open' AND expires_at < $1`

/** Lets open holds live until `ttlMs` from now, never shorter than before. Closed and unknown ones are left alone. */
export const renewHolds = async (
  { sql, now }: Transaction,
  attemptIds: readonly string[],
  ttlMs: number,
): Promise<void> => {
  for (let start = 0; start < attemptIds.length; start += groupSize) {
    const group = attemptIds.slice(start, start + groupSize)
    // One text for groups of any size, so that it is prepared once.
    const padded = Array.from({ length: groupSize }, (_, index) => group[index] ?? null)
    await sql.run(update, [now + ttlMs, ...padded])
  }
}
