import { createVendoError, type Meter, meters, parseDecimal } from '@vendo/contract'

/**
 * Checks a decimal string against a ceiling, so that no sum made from it outgrows the ledger.
 *
 * @throws {VendoError} `validation_failed` naming the place.
 */
export const assertAtMost = (text: string, most: bigint, place: string): void => {
  const { numerator, denominator } = parseDecimal(text)
  if (numerator <= most * denominator) return
  throw createVendoError(`${place}: must be at most ${most}`, { code: 'validation_failed' })
}

/**
 * A meter by name.
 *
 * @throws {VendoError} `validation_failed` naming the place and the meters there are.
 */
export const parseMeter = (name: string, place: string): Meter => {
  const meter = meters.find((known) => known === name)
  if (meter !== undefined) return meter
  throw createVendoError(`${place}: must be one of ${meters.join(', ')}`, { code: 'validation_failed' })
}
