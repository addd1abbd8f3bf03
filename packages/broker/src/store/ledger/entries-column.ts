import type { Nanos } from '@vendo/contract'
import { jsonOf, type SqlRow, textOrNull } from '../sql.ts'
import type { Amounts, Entry, Measure } from './entry.ts'
import { encodeAccounts, encodeShortEntries, readShortEntries, type ShortEntries } from './short-entries.ts'

/** Amounts are texts in JSON, whose numbers end at 2⁵³. */
export const encodeEntries = (entries: readonly Entry[]): string =>
  JSON.stringify(entries.map((entry) => [entry.account, entry.measure, String(entry.amount)]))

/** The entries of a hold of these amounts. Only the short form can say how much of them is reserve. */
export const encodeHoldEntries = (entries: readonly Entry[], amounts: Amounts, reservedNanos: Nanos): string =>
  reservedNanos === 0n ? encodeEntries(entries) : encodeShortEntries(encodeAccounts(entries), amounts, reservedNanos)

/** How much of what a hold sets aside from spend caps is reserve: column `entries`. */
export const reservedNanosOf = (row: SqlRow): Nanos => {
  const read = jsonOf<readonly [string, Measure, string][] | ShortEntries>(row, 'entries')
  return isLong(read) ? 0n : BigInt(read.held[3] ?? 0)
}

/**
 * Reads what {@link encodeEntries} or `encodeShortEntries` wrote: columns `entries`, and `adopted` for limits that came while
 * the call was running.
 */
export const entriesOf = (row: SqlRow): readonly Entry[] => [...readEntries(row, 'entries'), ...adoptedEntriesOf(row)]

/** The entries that were added to a running call for limits that came later. */
export const adoptedEntriesOf = (row: SqlRow): readonly Entry[] =>
  textOrNull(row, 'adopted') === null ? [] : readEntries(row, 'adopted')

const readEntries = (row: SqlRow, column: string): readonly Entry[] => {
  const read = jsonOf<readonly [string, Measure, string][] | ShortEntries>(row, column)
  if (!isLong(read)) return readShortEntries(read)
  return read.map(([account, measure, amount]) => ({ account, measure, amount: BigInt(amount) }))
}

const isLong = (
  read: readonly [string, Measure, string][] | ShortEntries,
): read is readonly [string, Measure, string][] => Array.isArray(read)
