import { type Meter, meters, type Quantities } from '@vendo/contract'
import { insertRowTextOf, ledgerRowFacts, type WritableSettlement } from '../ledger/ledger-row.ts'
import type { EpochMs } from '../records.ts'
import type { SqliteStatements } from './sqlite-sql.ts'

/**
 * Appends the terminal row of a call, naming only the quantities that are known: of most meters a call has none, and each
 * null costs as much as a number.
 */
export const appendTerminalRow = (statements: SqliteStatements, settlement: WritableSettlement, now: EpochMs): void => {
  const { quantities } = settlement
  const { text, known } = insertOf(quantities)
  const values = ledgerRowFacts('terminal', settlement, now)
  for (const meter of known) values.push(quantities[meter] ?? null)
  statements.run(text, values)
}

interface Insert {
  readonly text: string
  readonly known: readonly Meter[]
}

const inserts = new Map<string, Insert>()
/** Each is a prepared statement; calls have one of a few sets of meters. */
const mostInserts = 64

const insertOf = (quantities: Quantities): Insert => {
  const names = Object.keys(quantities)
  const key = names.join(' ')
  const earlier = inserts.get(key)
  if (earlier !== undefined) return earlier
  if (inserts.size >= mostInserts) return everyMeter
  const known = meters.filter((meter) => names.includes(meter))
  const insert = { text: insertRowTextOf(known), known }
  inserts.set(key, insert)
  return insert
}

const everyMeter: Insert = { text: insertRowTextOf(meters), known: meters }
