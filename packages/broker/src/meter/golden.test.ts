import { nanosFromUsd, type Quantities } from '@vendo/contract'
import { rateTables } from '@vendo/integrations/rates'
import { describe, expect, it } from 'vitest'
import { priceUsage } from './price.ts'
import { createRateBook } from './rate-book.ts'

const rateBook = createRateBook({ tables: rateTables, overrides: [] })

const everyClass = {
  input: 1_000,
  cache_read: 50_000,
  cache_write_5m: 1_000,
  cache_write_1h: 2_000,
  output: 700,
  web_search: 2,
}
const long = { input: 50_000, cache_read: 200_000, output: 1_000 }

type Golden = readonly [integration: string, model: string, on: string, quantities: Quantities, usd: string]

const golden: readonly Golden[] = [
  [
    'anthropic',
    'claude-3-7-sonnet-20250219',
    '2026-11-01',
    { input: 3, cache_write_5m: 12_304, output: 550 },
    '0.054399',
  ],
  ['anthropic', 'claude-opus-4-8', '2026-11-01', { cache_write_5m: 600_000, cache_write_1h: 400_000 }, '7.75'],
  ['anthropic', 'claude-opus-5-5', '2026-11-01', everyClass, '0.069'],
  ['anthropic', 'claude-fable-5-1', '2026-11-01', { cache_read: 1_000_000 }, '0.25'],
  ['anthropic', 'claude-sonnet-4-6', '2026-03-12', long, '0.4425'],
  ['anthropic', 'claude-sonnet-4-6', '2026-03-13', long, '0.225'],
  ['openai', 'gpt-5.6-sol', '2026-11-01', { input: 3, cache_write_5m: 18_011, output: 10 }, '0.090267'],
  ['openai', 'gpt-5.4', '2026-11-01', { input: 271_999 }, '0.6799975'],
  ['openai', 'gpt-5.4', '2026-11-01', { input: 272_000 }, '1.36'],
]

describe('the tables that are shipped', () => {
  it.each(golden)('%s %s on %s', (...[integration, model, on, quantities, usd]) => {
    const at = Date.parse(on)
    const rates = rateBook.find({ integration, model, at })
    expect(rates).toBeDefined()
    const priced = priceUsage({ rates: rates!, served: {}, quantities, at, marginOf: () => '0' })
    expect(priced).toMatchObject({ listNanos: nanosFromUsd(usd), unpriced: [] })
  })
})
