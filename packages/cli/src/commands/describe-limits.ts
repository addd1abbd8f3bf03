import type { KeyLimits } from '@vendo/contract/api'

/** A key's limits in a few words. */
export const describeLimits = (limits: KeyLimits): string => {
  const words = [
    limits.spend_day_usd && `$${limits.spend_day_usd}/day`,
    limits.spend_month_usd && `$${limits.spend_month_usd}/month`,
    limits.spend_total_usd && `$${limits.spend_total_usd} in all`,
    limits.requests_per_minute && `${limits.requests_per_minute} requests/min`,
    limits.tokens_per_minute && `${limits.tokens_per_minute} tokens/min`,
    limits.concurrency && `${limits.concurrency} at once`,
    limits.models && `models ${limits.models.join(' ')}`,
    limits.integrations && `only ${limits.integrations.join(' ')}`,
    limits.allow_unbounded && 'unbounded tools',
  ].filter((word) => word !== undefined && word !== false && word !== '')
  return words.length === 0 ? 'no limits' : words.join(', ')
}
