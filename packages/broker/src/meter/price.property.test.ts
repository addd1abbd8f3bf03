import type { Meter, Quantities } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceUsage } from './price.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

const at = Date.parse('2026-11-01')
const tokenMeters = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'] as const

const decimal = (mostWhole: number) =>
  fc
    .tuple(fc.nat(mostWhole), fc.nat(999_999))
    .map(([whole, millionths]) => `${whole}.${String(millionths).padStart(6, '0')}`)

const usd = fc.record(Object.fromEntries([...tokenMeters, 'web_search'].map((meter) => [meter, decimal(80)])))
const quantities = fc.record(
  { ...Object.fromEntries(tokenMeters.map((meter) => [meter, fc.nat(2_000_000)])), web_search: fc.nat(50) },
  { requiredKeys: [] },
) as fc.Arbitrary<Quantities>
const margins = fc.record(Object.fromEntries([...tokenMeters, 'web_search'].map((meter) => [meter, decimal(1)])))

/** Six decimals as an integer; written apart from the code under test, on plain integers of one fixed scale. */
const micro = (text: string | undefined): bigint => BigInt((text ?? '').replace('.', ''))

/** Half-even on a value scaled by 10¹⁵, by looking at the decimal digits. */
const roundDigits = (scaled: bigint): bigint => {
  const digits = scaled.toString().padStart(16, '0')
  const whole = BigInt(digits.slice(0, -15))
  const rest = digits.slice(-15)
  const half = `5${'0'.repeat(14)}`
  const up = rest > half || (rest === half && whole % 2n === 1n)
  return up ? whole + 1n : whole
}

const price = (rates: Readonly<Partial<Record<Meter, string>>>, used: Quantities, marginOf: (meter: Meter) => string) =>
  priceUsage({ rates: sampleModel('m', [sampleRow(rates)]), served: {}, quantities: used, at, marginOf })

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

describe('priceUsage on random calls', () => {
  it('equals exact arithmetic on 10,000 of them, to the nano, and its lines sum', () => {
    fc.assert(
      fc.property(usd, quantities, margins, (rates, used, margin) => {
        const priced = price(rates, used, (meter) => margin[meter] ?? '0')
        let list = 0n
        let charge = 0n
        for (const [meter, quantity] of Object.entries(used)) {
          // Millionths of a dollar per million tokens are 10⁻³ nanos each; per use they are 10³ nanos.
          const perUnit = meter === 'web_search' ? 10n ** 6n : 1n
          const exact = BigInt(quantity) * micro(rates[meter]) * perUnit
          list += exact * 10n ** 12n
          charge += exact * (10n ** 6n + micro(margin[meter])) * 10n ** 6n
        }
        expect(priced.listNanos).toBe(roundDigits(list))
        expect(priced.chargeNanos).toBe(roundDigits(charge))
        expect(sumOf(priced.lines.map(({ listNanos }) => listNanos))).toBe(priced.listNanos)
        expect(sumOf(priced.lines.map(({ chargeNanos }) => chargeNanos))).toBe(priced.chargeNanos)
      }),
      { numRuns: 10_000, seed: 20_261_101 },
    )
  })

  it('differs from the bulk price by at most half a nano per call when a call is one token', () => {
    fc.assert(
      fc.property(decimal(20), fc.integer({ min: 1, max: 300 }), (rate, calls) => {
        const single = price({ output: rate }, { output: 1 }, () => '0.2').chargeNanos * BigInt(calls)
        const bulk = price({ output: rate }, { output: calls }, () => '0.2').chargeNanos
        const difference = single > bulk ? single - bulk : bulk - single
        expect(difference * 2n <= BigInt(calls) + 1n).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never rises when input moves into the cache, where reading is cheaper', () => {
    fc.assert(
      fc.property(
        decimal(20),
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        (read, input, cached, moved) => {
          const rates = { input: '20.999999', cache_read: read, output: '30' }
          const share = Math.min(moved, input)
          const before = price(rates, { input, cache_read: cached, output: 5 }, () => '0.2')
          const after = price(rates, { input: input - share, cache_read: cached + share, output: 5 }, () => '0.2')
          expect(after.chargeNanos <= before.chargeNanos).toBe(true)
          expect(after.cacheSavingsNanos >= before.cacheSavingsNanos).toBe(true)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
