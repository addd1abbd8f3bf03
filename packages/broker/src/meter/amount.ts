import { isTokenMeter, type Meter, parseDecimal, type Rational } from '@vendo/contract'
import { markUp, multiply } from './rational.ts'
import { readDecimal, rememberDecimals, withoutSharedTens } from './read-decimal.ts'

/**
 * The margin that applies to one meter of the call at hand, as a decimal fraction such as `"0.2"`. Such a function answers
 * the same for as long as it exists, so that what follows from it may be remembered.
 */
export type MarginOf = (meter: Meter) => string

const nanosPerUsd = 1_000_000_000n
/** Rate tables quote tokens by the million, uses one by one. */
const tokensPerQuote = 1_000_000n

/** The exact price of one unit of a meter in nano-USD: over 1 in nearly every table. */
export class UnitPrice {
  readonly list: Rational
  #margin: string | undefined
  #charge: Rational

  constructor(rateUsd: string, unitsPerQuote: bigint) {
    const { numerator, denominator } = parseDecimal(rateUsd)
    this.list = withoutSharedTens({ numerator: numerator * nanosPerUsd, denominator: denominator * unitsPerQuote })
    this.#charge = this.list
  }

  /** With a margin on top. @throws {TypeError} when the margin is not a decimal. */
  charge(margin: string): Rational {
    // One margin is enough to remember: nearly every call has that of the call before it.
    if (this.#margin !== margin) {
      this.#charge = withoutSharedTens(chargeAmount(this.list, margin))
      this.#margin = margin
    }
    return this.#charge
  }
}

const tokenPrice = rememberDecimals((rateUsd) => new UnitPrice(rateUsd, tokensPerQuote))

const usePrice = rememberDecimals((rateUsd) => new UnitPrice(rateUsd, 1n))

/** The price of a meter at a rate. @throws {TypeError} when the rate is not a decimal. */
export const unitPrice = (meter: Meter, rateUsd: string): UnitPrice =>
  isTokenMeter(meter) ? tokenPrice(rateUsd) : usePrice(rateUsd)

/** What `quantity` of a meter costs at list, in exact nano-USD. @throws {TypeError} when the rate is not a decimal. */
export const listAmount = (meter: Meter, quantity: bigint, rateUsd: string): Rational => {
  const { numerator, denominator } = unitPrice(meter, rateUsd).list
  return { numerator: numerator * quantity, denominator }
}

/** A list amount with the meter's margin on top. */
export const chargeAmount = (list: Rational, margin: string): Rational => multiply(list, markUp(readDecimal(margin)))

/** The count as a `bigint`; `undefined` unless it is a whole number from 0 to 2⁵³ − 1, as an untrusted answer may not be. */
export const wholeQuantity = (quantity: number): bigint | undefined =>
  Number.isSafeInteger(quantity) && quantity >= 0 ? BigInt(quantity) : undefined
