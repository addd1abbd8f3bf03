import { floorDivide, type Rational } from '@vendo/contract'

/** Exact product. */
export const multiply = (left: Rational, right: Rational): Rational => ({
  numerator: left.numerator * right.numerator,
  denominator: left.denominator * right.denominator,
})

/** Exact difference. */
export const subtract = (left: Rational, right: Rational): Rational => ({
  numerator: left.numerator * right.denominator - right.numerator * left.denominator,
  denominator: left.denominator * right.denominator,
})

/** Whether `left` is strictly larger. */
export const exceeds = (left: Rational, right: Rational): boolean =>
  left.numerator * right.denominator > right.numerator * left.denominator

/** Exact sum; the denominators of decimals divide each other, so the common one stays small. */
export const sum = (terms: readonly Rational[]): Rational => {
  const denominator = commonDenominator(terms)
  let numerator = 0n
  for (const term of terms) numerator += scaleTo(term, denominator)
  return { numerator, denominator }
}

/** `1 + margin`. */
export const markUp = ({ numerator, denominator }: Rational): Rational => ({
  numerator: denominator + numerator,
  denominator,
})

/**
 * Whole parts that sum to `total`, each the floor of its exact share or one more: the largest remainders are rounded up,
 * earlier parts first among equals. `total` must be the exact sum rounded in any way.
 */
export const allocate = (shares: readonly Rational[], total: bigint): readonly bigint[] => {
  const denominator = commonDenominator(shares)
  if (denominator === 1n) return shares.map(({ numerator }) => numerator)
  const parts: bigint[] = []
  const remainders: bigint[] = []
  let missing = total
  for (const share of shares) {
    const scaled = scaleTo(share, denominator)
    const floor = floorDivide(scaled, denominator)
    parts.push(floor)
    remainders.push(scaled - floor * denominator)
    missing -= floor
  }
  if (missing > 0n) raiseLargest(parts, remainders, Number(missing))
  return parts
}

const raiseLargest = (parts: bigint[], remainders: readonly bigint[], count: number): void => {
  const largest = remainders
    .map((remainder, index) => ({ index, remainder }))
    .sort((left, right) => compare(right.remainder, left.remainder) || left.index - right.index)
    .slice(0, count)
  for (const { index } of largest) parts[index] = (parts[index] ?? 0n) + 1n
}

const compare = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0)

const scaleTo = ({ numerator, denominator }: Rational, common: bigint): bigint =>
  denominator === common ? numerator : numerator * (common / denominator)

const commonDenominator = (terms: readonly Rational[]): bigint => {
  let common = 1n
  for (const { denominator } of terms) {
    if (denominator === common || common % denominator === 0n) continue
    common = denominator % common === 0n ? denominator : common * denominator
  }
  return common
}
