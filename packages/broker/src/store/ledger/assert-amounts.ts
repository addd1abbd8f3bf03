import { createVendoError } from '@vendo/contract'
import type { Settlement } from '../records.ts'
import type { Amounts } from './entry.ts'

/** The largest amount that one call can have, in nano-USD. A billion dollars: nine of them still fit into 64 bits. */
export const maxCallNanos = 1_000_000_000_000_000_000n

/**
 * Refuses amounts that no honest call can have.
 *
 * @throws {VendoError} `validation_failed` for negative amounts, for more than a billion dollars, for counts that are not whole.
 */
export const assertAmounts = ({ walletNanos, spendNanos, tokens }: Amounts): void => {
  for (const nanos of [walletNanos, spendNanos]) {
    if (nanos < 0n || nanos > maxCallNanos) throw invalid(`${nanos} nano-USD is not an amount that a call can have.`)
  }
  if (!Number.isSafeInteger(tokens) || tokens < 0) throw invalid(`${tokens} is not a number of tokens.`)
}

/**
 * Refuses sums that are kept beside the charge and would not fit: at a margin of −100 % the charge says nothing of the list.
 *
 * @throws {VendoError} `validation_failed` for more than a billion dollars.
 */
export const assertSums = ({ listNanos, cacheSavingsNanos }: Sums): void => {
  for (const nanos of [listNanos, cacheSavingsNanos]) {
    if (nanos < -maxCallNanos || nanos > maxCallNanos) {
      throw invalid(`${nanos} nano-USD is not an amount that a call can have.`)
    }
  }
}

type Sums = Pick<Settlement, 'listNanos' | 'cacheSavingsNanos'>

/** Refuses a top-up that adds nothing, takes away, or is absurd. */
export const assertTopUp = (amountNanos: bigint): void => {
  if (amountNanos <= 0n || amountNanos > maxCallNanos)
    throw invalid('A top-up adds between 1 nano-USD and a billion USD.')
}

const invalid = (message: string) => createVendoError(message, { code: 'validation_failed' })
