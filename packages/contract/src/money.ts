/**
 * Money. The unit is the nano-USD (10⁻⁹ USD), a `bigint`: no `number` ever holds money. JSON carries decimal strings, and
 * the integer micros that the public API names beside them.
 */
export type Nanos = bigint

const nanosPerUsd = 1_000_000_000n
const nanosPerMicro = 1_000n
const decimalPattern = /^(-?)(\d+)(?:\.(\d+))?$/

/** An exact rational number. `denominator` is positive. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/**
 * Reads a decimal string such as `"0.025"` exactly.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for anything else, exponents included.
 */
export const parseDecimal = (text: string): Rational => {
  const match = decimalPattern.exec(text)
  if (match === null) throw invalidDecimal(text)
  const [, sign = '', whole = '', fraction = ''] = match
  const magnitude = BigInt(whole + fraction)
  return { numerator: sign === '-' ? -magnitude : magnitude, denominator: 10n ** BigInt(fraction.length) }
}

const invalidDecimal = (text: string): TypeError =>
  Object.assign(new TypeError(`${JSON.stringify(text)} is not a decimal number such as "12.50"`), {
    code: 'ERR_INVALID_ARG_VALUE',
  })

/** Rounds a rational to a whole number, ties to the even neighbour (banker's rounding). */
export const roundHalfEven = ({ numerator, denominator }: Rational): bigint => {
  if (denominator === 1n) return numerator
  const floor = floorDivide(numerator, denominator)
  const twice = (numerator - floor * denominator) * 2n
  if (twice < denominator) return floor
  if (twice > denominator) return floor + 1n
  return floor % 2n === 0n ? floor : floor + 1n
}

/** Divides towards negative infinity; `denominator` must be positive. */
export const floorDivide = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator
  return numerator % denominator < 0n ? quotient - 1n : quotient
}

/** Divides towards positive infinity: for holds, which must never be too small; `denominator` must be positive. */
export const ceilDivide = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator
  return numerator % denominator > 0n ? quotient + 1n : quotient
}

/**
 * Nano-USD from a decimal string of US dollars, such as `"0.05"`; half-even beyond nine places.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` when the text is not a decimal number.
 */
export const nanosFromUsd = (usd: string): Nanos => {
  const { numerator, denominator } = parseDecimal(usd)
  return roundHalfEven({ numerator: numerator * nanosPerUsd, denominator })
}

/** US dollars as an exact decimal string with at least two places: `50_000_000n` is `"0.05"`, `1n` is `"0.000000001"`. */
export const usdFromNanos = (nanos: Nanos): string => {
  const magnitude = nanos < 0n ? -nanos : nanos
  const fraction = (magnitude % nanosPerUsd).toString().padStart(9, '0').replace(/0+$/, '').padEnd(2, '0')
  return `${nanos < 0n ? '-' : ''}${magnitude / nanosPerUsd}.${fraction}`
}

/** Whole micro-USD, rounded half-even: what the public API calls `…_micros`. Safe as a JSON integer up to 9 billion USD. */
export const microsFromNanos = (nanos: Nanos): number =>
  Number(roundHalfEven({ numerator: nanos, denominator: nanosPerMicro }))
