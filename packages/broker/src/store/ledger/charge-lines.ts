import type { ChargeLine } from '../records.ts'
import { jsonOf, type SqlRow } from '../sql.ts'

/** A charge line in JSON: money is text, because JSON's numbers end at 2⁵³. */
export interface StoredLine extends Omit<ChargeLine, 'listNanos' | 'chargeNanos'> {
  readonly listNanos: string
  readonly chargeNanos: string
}

/** A line as it is written. */
export const storedLineOf = (line: ChargeLine): StoredLine => ({
  meter: line.meter,
  quantity: line.quantity,
  rateUsd: line.rateUsd,
  margin: line.margin,
  listNanos: String(line.listNanos),
  chargeNanos: String(line.chargeNanos),
})

/** Charge lines as JSON. */
export const encodeLines = (lines: readonly ChargeLine[]): string => JSON.stringify(lines.map(storedLineOf))

/** Lines as they were before {@link storedLineOf}. */
export const decodeLines = (lines: readonly StoredLine[]): readonly ChargeLine[] =>
  lines.map((line) => ({
    meter: line.meter,
    quantity: line.quantity,
    rateUsd: line.rateUsd,
    margin: line.margin,
    listNanos: BigInt(line.listNanos),
    chargeNanos: BigInt(line.chargeNanos),
  }))

/** Reads what {@link encodeLines} wrote. */
export const linesOf = (row: SqlRow, column: string): readonly ChargeLine[] =>
  decodeLines(jsonOf<StoredLine[]>(row, column))
