import type { KeyLimits, SharedLimits } from '@vendo/contract/api'
import { expect, it } from 'vitest'
import type { Directory } from './directory.ts'
import { payerOf } from './payer.ts'
import type { Caller } from './records.ts'

const payer = (
  { key = {}, app = {}, tenant = {} }: { key?: KeyLimits; app?: SharedLimits; tenant?: SharedLimits },
  byok = true,
) => {
  const directory: Pick<Directory, 'sharedLimits'> = { sharedLimits: ({ kind }) => ({ app, tenant })[kind] }
  const caller = { key: { limits: key, appId: 'app_1' }, tenantId: 'ten_1' } as Caller
  return payerOf(directory, caller, { byok })
}

it.each([
  ['nothing is limited', {}, 'own_uncapped'],
  ['the key has a daily cap', { key: { spend_day_usd: '1' } }, 'own_capped'],
  ['the key has a monthly cap', { key: { spend_month_usd: '1' } }, 'own_capped'],
  ['the key has a total cap', { key: { spend_total_usd: '1' } }, 'own_capped'],
  ['the app has a cap', { app: { spend_day_usd: '1' } }, 'own_capped'],
  ['the tenant has a cap', { tenant: { spend_month_usd: '1' } }, 'own_capped'],
  ['only calls and tokens are limited', { key: { concurrency: 1, tokens_per_minute: 5 } }, 'own_uncapped'],
  ['the tenant refuses calls without a bound', { tenant: { unbounded_own_keys: 'refuse' } }, 'own_strict'],
  ['the app refuses calls without a bound', { app: { unbounded_own_keys: 'refuse' } }, 'own_strict'],
  [
    'a cap stands beside that rule',
    { key: { spend_day_usd: '1' }, tenant: { unbounded_own_keys: 'refuse' } },
    'own_capped',
  ],
  ['the rule is stated to admit', { tenant: { unbounded_own_keys: 'admit' } }, 'own_uncapped'],
] as const)('own credential: %s', (_rule, limits, expected) => {
  expect(payer(limits)).toBe(expected)
})

it('a pooled credential is pooled, whatever is limited', () => {
  expect(payer({}, false)).toBe('pooled')
  expect(payer({ key: { spend_day_usd: '1' } }, false)).toBe('pooled')
})
