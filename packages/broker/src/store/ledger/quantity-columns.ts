import { type Meter, meters, type Quantities } from '@vendo/contract'
import { numberOrNull, type SqlRow, type SqlValue } from '../sql.ts'

/** One column per meter, so that usage is summed by the database. */
export const quantityColumns: readonly string[] = meters.map((meter) => `quantity_${meter}`)

/** The values of {@link quantityColumns}; unknown is null. */
export const quantityValues = (quantities: Quantities): readonly SqlValue[] =>
  meters.map((meter) => quantities[meter] ?? null)

/** Reads quantities back, leaving out what is null or has been corrected to nothing. `prefix` is that of the column aliases. */
export const quantitiesOf = (row: SqlRow, prefix = ''): Quantities => {
  const quantities: Partial<Record<Meter, number>> = {}
  for (const meter of meters) {
    const quantity = numberOrNull(row, `${prefix}quantity_${meter}`)
    if (quantity) quantities[meter] = quantity
  }
  return quantities
}

/** What has to be added to `before` to arrive at `after`. */
export const quantityDifference = (after: Quantities, before: Quantities): Quantities => {
  const difference: Partial<Record<Meter, number>> = {}
  for (const meter of meters) {
    const delta = (after[meter] ?? 0) - (before[meter] ?? 0)
    if (delta !== 0) difference[meter] = delta
  }
  return difference
}
