import { floorDivide, type Rational } from '@vendo/contract'

/** The number nought. */
export const nought: Rational = { numerator: 0n, denominator: 1n }

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
  const numerator = terms.reduce((total, term) => total + scaleTo(term, denominator), 0n)
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
  const floors = shares.map(floorOf)
  const remainders = shares.map((share, index) => ({
    index,
    remainder: scaleTo(share, denominator) - (floors[index] ?? 0n) * denominator,
  }))
  const missing = total - floors.reduce((sumOfFloors, floor) => sumOfFloors + floor, 0n)
  const raised = new Set(
    remainders
      .toSorted((left, right) => compare(right.remainder, left.remainder) || left.index - right.index)
      .slice(0, Number(missing))
      .map(({ index }) => index),
  )
  return floors.map((floor, index) => (raised.has(index) ? floor + 1n : floor))
}

const floorOf = ({ numerator, denominator }: Rational): bigint => floorDivide(numerator, denominator)

const compare = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0)

const scaleTo = (term: Rational, denominator: bigint): bigint => term.numerator * (denominator / term.denominator)

const commonDenominator = (terms: readonly Rational[]): bigint =>
  terms.reduce((common, { denominator }) => {
    if (common % denominator === 0n) return common
    return denominator % common === 0n ? denominator : common * denominator
  }, 1n)
