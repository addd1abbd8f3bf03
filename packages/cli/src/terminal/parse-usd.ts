import { nanosFromUsd } from '@vendo/contract'
import { usdSchema } from '@vendo/contract/api'
import { InvalidArgumentError } from 'commander'

/** A decimal string of US dollars, above 0; one dollar sign in front is allowed. */
export const parseUsd = (text: string): string => {
  const usd = usdSchema.safeParse(text.trim().replace(/^\$/, ''))
  if (!usd.success || nanosFromUsd(usd.data) === 0n) {
    throw new InvalidArgumentError('It must be an amount of US dollars above 0, such as 0.50.')
  }
  return usd.data
}
