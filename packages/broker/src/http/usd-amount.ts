import { createVendoError, type Nanos, nanosFromUsd } from '@vendo/contract'

/** The ledger counts in signed 64-bit nano-USD, which end at 9.2 billion dollars; one amount may be a ninth of that. */
const mostNanos = 1_000_000_000_000_000_000n

/**
 * Nano-USD of an amount that a request names.
 *
 * @param place where the amount stands, for the message.
 * @throws {VendoError} `validation_failed` above one billion dollars.
 */
export const usdAmount = (usd: string, place: string): Nanos => {
  const nanos = nanosFromUsd(usd)
  if (nanos <= mostNanos) return nanos
  throw createVendoError(`${place}: must be at most 1000000000 US dollars`, { code: 'validation_failed' })
}
