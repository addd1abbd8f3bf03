import { parseDecimal, type Rational } from '@vendo/contract'

const mostRemembered = 10_000
const remembered = new Map<string, Rational>()

/**
 * `parseDecimal`, remembered: every call reads the same handful of rates and margins many times.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` when the text is not a decimal number.
 */
export const readDecimal = (text: string): Rational => {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const rational = parseDecimal(text)
  // Costs that providers report are all different; they must not grow this without end.
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(text, rational)
  return rational
}
