import { parseDecimal } from '@vendo/contract'

/** Rates are in USD per so many tokens. */
export const tokensPerRate = 1_000_000n

/** USD per token as an exact decimal string of USD per million: the denominator is a power of ten, so the digits only move. */
export const perMillion = (perTokenUsd: string): string => {
  const { numerator, denominator } = parseDecimal(perTokenUsd)
  const places = denominator.toString().length - 1
  const digits = (numerator * tokensPerRate).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** Whether one price is larger than another, exactly. */
export const isDearer = (left: string, right: string): boolean => {
  const [one, other] = [parseDecimal(left), parseDecimal(right)]
  return one.numerator * other.denominator > other.numerator * one.denominator
}
