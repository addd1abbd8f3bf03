import type { ChargeLine } from '../records.ts'
import { jsonOf, type SqlRow } from '../sql.ts'

/** A charge line in JSON: money is text, because JSON's numbers end at 2⁵³. */
interface StoredLine extends Omit<ChargeLine, 'listNanos' | 'chargeNanos'> {
  readonly listNanos: string
  readonly chargeNanos: string
}

const storedLineOf = (line: ChargeLine): StoredLine => ({
  meter: line.meter,
  quantity: line.quantity,
  rateUsd: line.rateUsd,
  margin: line.margin,
  listNanos: String(line.listNanos),
  chargeNanos: String(line.chargeNanos),
})

/** Charge lines as JSON. */
export const encodeLines = (lines: readonly ChargeLine[]): string => JSON.stringify(lines.map(storedLineOf))

/** Reads what {@link encodeLines} wrote. */
export const linesOf = (row: SqlRow, column: string): readonly ChargeLine[] =>
  jsonOf<StoredLine[]>(row, column).map((line) => ({
    meter: line.meter,
    quantity: line.quantity,
    rateUsd: line.rateUsd,
    margin: line.margin,
    listNanos: BigInt(line.listNanos),
    chargeNanos: BigInt(line.chargeNanos),
  }))
