import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import { priceUnknownFlag } from '../store/records.ts'
import type { RequestBound } from './bound.ts'
import type { Charge } from './settle-charge.ts'

/**
 * The bound of a request whose price nobody knows: no money, and the tokens that the request shows. Only for own
 * credentials without a money cap, where it protects nothing but limits of tokens per minute.
 */
export const unpricedBound = (facts: RequestFacts): RequestBound => ({
  ok: true,
  quantities: {},
  tokens: facts.textBytes + (facts.maxOutputTokens ?? 0),
  listNanos: 0n,
  chargeNanos: 0n,
  lines: () => [],
  hidesOutput: false,
  fallbacksAddUp: false,
  waived: [],
  background: facts.background,
  fittingMaxOutput: () => undefined,
})

/** The price list of a model that has none. */
export const noRates = (model: string): ModelRates => ({
  model,
  aliases: [],
  contextWindow: 0,
  maxOutput: 0,
  rates: [],
})

/**
 * What a call without a known bound is settled at. An exact price counts (the provider reports its cost, or serves a model
 * that has rates, or refused the call). Anything else has counted tokens and no amount: it is flagged `price_unknown` and
 * its amounts are never shown. The reason is `price_unknown` too, unless a later correction can still tell more.
 */
export const unpricedCharge = (charge: Charge): Charge => {
  if (charge.state === 'actual') return charge
  const { reason } = charge
  const isPending = reason === 'background'
  const because = reason === null || reason === 'unpriced' || isPending ? [] : [reason]
  return {
    ...charge,
    reason: isPending ? reason : priceUnknownFlag,
    flags: [...charge.flags, ...because, priceUnknownFlag],
    walletNanos: 0n,
    spendNanos: 0n,
    listNanos: 0n,
    cacheSavingsNanos: 0n,
    lines: [],
  }
}
