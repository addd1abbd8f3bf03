/** Places values along an axis by their logarithm, as measurements over magnitudes need it. */
export interface LogScale {
  /** Pixels from the axis' start. */
  place(value: number): number
  /** Round values with labels, few enough to read. */
  readonly ticks: readonly number[]
}

const mostTicks = 6

/** Fits an axis of `length` pixels around the values, which are greater than 0. */
export const createLogScale = (values: readonly number[], length: number): LogScale => {
  const positive = values.filter((value) => value > 0)
  const [least, most] = positive.length === 0 ? [1, 10] : [Math.min(...positive), Math.max(...positive)]
  const [low, high] = paddedRange(least, most)
  const span = Math.log(high / low)
  const inside = (tick: number) => tick >= low * 0.999 && tick <= high * 1.001
  return {
    place: (value) => (Math.log(Math.max(value, low) / low) / span) * length,
    ticks: thinOut(roundValues(low, high).filter(inside)),
  }
}

/** A flat line still needs an axis around it. */
const paddedRange = (least: number, most: number): readonly [number, number] =>
  most / least < 4 ? [least / 2, most * 2] : [least, most]

const roundValues = (low: number, high: number): readonly number[] => {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => 10 ** (Math.floor(Math.log10(low)) + index),
  )
  return powers.flatMap((power) => (high / low > 200 ? [power] : [power, 2 * power, 5 * power]))
}

const thinOut = (ticks: readonly number[]): readonly number[] => {
  const every = Math.ceil(ticks.length / mostTicks)
  return ticks.filter((_, index) => index % every === 0)
}

/** A tick as people read it: 20k, 1M, 0.5. */
export const formatTick = (value: number): string => {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`
  return String(Number(value.toPrecision(3)))
}
