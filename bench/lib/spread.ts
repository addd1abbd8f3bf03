/** What repeated measurements of one thing gave. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
  /** How many measurements. */
  readonly count: number
}

/** The value below which the given share of the values lies, between neighbours by straight line. NaN without values. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((left, right) => left - right)
  const place = share * (sorted.length - 1)
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}

/** The middle value, or the mean of the two middle ones. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Median and range. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: round(median(values)),
  least: round(Math.min(...values)),
  most: round(Math.max(...values)),
  count: values.length,
})

/** Four significant digits: more would claim what no benchmark knows. */
export const round = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(4)) : value)
