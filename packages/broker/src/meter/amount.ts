import { isTokenMeter, type Meter, type Rational } from '@vendo/contract'
import { markUp, multiply } from './rational.ts'
import { readDecimal } from './read-decimal.ts'

/** The margin that applies to one meter of the call at hand, as a decimal fraction such as `"0.2"`. */
export type MarginOf = (meter: Meter) => string

const nanosPerUsd = 1_000_000_000n
/** Rate tables quote tokens by the million, uses one by one. */
const tokensPerQuote = 1_000_000n

/** What `quantity` of a meter costs at list, in exact nano-USD. @throws {TypeError} when the rate is not a decimal. */
export const listAmount = (meter: Meter, quantity: bigint, rateUsd: string): Rational => {
  const rate = readDecimal(rateUsd)
  return {
    numerator: rate.numerator * nanosPerUsd * quantity,
    denominator: isTokenMeter(meter) ? rate.denominator * tokensPerQuote : rate.denominator,
  }
}

/** A list amount with the meter's margin on top. */
export const chargeAmount = (list: Rational, margin: string): Rational => multiply(list, markUp(readDecimal(margin)))

/** The count as a `bigint`; `undefined` unless it is a whole number from 0 to 2⁵³ − 1, as an untrusted answer may not be. */
export const wholeQuantity = (quantity: number): bigint | undefined =>
  Number.isSafeInteger(quantity) && quantity >= 0 ? BigInt(quantity) : undefined
