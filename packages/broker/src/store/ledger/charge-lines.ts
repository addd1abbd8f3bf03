import type { Meter, Nanos } from '@vendo/contract'
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

/** A charge line in a third of the room. A number is money too, when it is small enough to be exact. */
type ShortLine = readonly [
  ...[meter: Meter, quantity: number, rateUsd: string, margin: string],
  ...[listNanos: number | string, chargeNanos: number | string],
]

/** Charge lines as JSON without names, read back by {@link linesOf} as well. */
export const encodeShortLines = (lines: readonly ChargeLine[]): string =>
  JSON.stringify(
    lines.map(({ meter, quantity, rateUsd, margin, listNanos, chargeNanos }): ShortLine => {
      return [meter, quantity, rateUsd, margin, jsonNanos(listNanos), jsonNanos(chargeNanos)]
    }),
  )

/** Money in JSON, whose numbers end at 2⁵³: beyond, it is a text. */
export const jsonNanos = (nanos: Nanos): number | string => {
  const number = Number(nanos)
  return Number.isSafeInteger(number) ? number : String(nanos)
}

/** Reads what {@link encodeLines} or {@link encodeShortLines} wrote. */
export const linesOf = (row: SqlRow, column: string): readonly ChargeLine[] =>
  jsonOf<readonly (StoredLine | ShortLine)[]>(row, column).map((line) => {
    const { meter, quantity, rateUsd, margin, listNanos, chargeNanos } = isShort(line) ? namedLine(line) : line
    return { meter, quantity, rateUsd, margin, listNanos: BigInt(listNanos), chargeNanos: BigInt(chargeNanos) }
  })

const isShort = (line: StoredLine | ShortLine): line is ShortLine => Array.isArray(line)

const namedLine = ([meter, quantity, rateUsd, margin, listNanos, chargeNanos]: ShortLine) => ({
  meter,
  quantity,
  rateUsd,
  margin,
  listNanos,
  chargeNanos,
})
