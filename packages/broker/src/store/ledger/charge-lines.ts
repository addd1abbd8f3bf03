import type { ChargeLine } from '../records.ts'
import { jsonOf, type SqlRow } from '../sql.ts'

type StoredLine = Omit<ChargeLine, 'listNanos' | 'chargeNanos'> & { listNanos: string; chargeNanos: string }

/** Charge lines as JSON, with money as text. */
export const encodeLines = (lines: readonly ChargeLine[]): string =>
  JSON.stringify(
    lines.map((line) => ({ ...line, listNanos: String(line.listNanos), chargeNanos: String(line.chargeNanos) })),
  )

/** Reads what {@link encodeLines} wrote. */
export const linesOf = (row: SqlRow, column: string): readonly ChargeLine[] =>
  jsonOf<StoredLine[]>(row, column).map((line) => ({
    ...line,
    listNanos: BigInt(line.listNanos),
    chargeNanos: BigInt(line.chargeNanos),
  }))
