import { parseDecimal, type Rational } from '@vendo/contract'

const mostRemembered = 10_000

/**
 * The same reading of decimals, remembered: every call reads the same handful of rates and margins many times. What `read`
 * throws is not remembered.
 */
export const rememberDecimals = <T extends object>(read: (text: string) => T): ((text: string) => T) => {
  const remembered = new Map<string, T>()
  return (text) => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const value = read(text)
    // Costs that providers report are all different; they must not grow this without end.
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(text, value)
    return value
  }
}

/**
 * `parseDecimal`, remembered.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` when the text is not a decimal number.
 */
export const readDecimal: (text: string) => Rational = rememberDecimals(parseDecimal)

/** The same number over a smaller power of ten, where it is over one: denominators of 1 save every division. */
export const withoutSharedTens = ({ numerator, denominator }: Rational): Rational => {
  let [over, under] = [numerator, denominator]
  while (over % 10n === 0n && under % 10n === 0n) {
    over /= 10n
    under /= 10n
  }
  return { numerator: over, denominator: under }
}
