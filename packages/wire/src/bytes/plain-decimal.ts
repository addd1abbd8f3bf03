const numeral = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * A JSON number's text without an exponent and without trailing zeros, digit for digit: `1.4e-05` gives `0.000014`.
 * `undefined` for what is not a non-negative number.
 */
export const plainDecimal = (literal: string): string | undefined => {
  const match = numeral.exec(literal)
  if (match === null || match[1] === '-') return undefined
  const [, , whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const cut = Math.max(point, 1)
  const left = padded.slice(0, cut).replace(/^0+(?=\d)/, '')
  const right = padded.slice(cut).replace(/0+$/, '')
  return right === '' ? left : `${left}.${right}`
}
