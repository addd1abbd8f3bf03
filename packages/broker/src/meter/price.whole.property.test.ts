import type { Meter, Quantities } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceUsage } from './price.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

const at = Date.parse('2026-11-01')
const tokenMeters: readonly Meter[] = ['input', 'cache_read', 'cache_write_5m', 'output']

/** Thousandths of a dollar per million tokens are whole nanos for each. */
const thousandths = fc.nat(80_000)
const written = (rate: number): string => `${Math.floor(rate / 1_000)}.${String(rate % 1_000).padStart(3, '0')}`
const rates = fc.record(Object.fromEntries(tokenMeters.map((meter) => [meter, thousandths])))
const quantities = fc.record(Object.fromEntries(tokenMeters.map((meter) => [meter, fc.nat(2_000_000)])), {
  requiredKeys: [],
}) as fc.Arbitrary<Quantities>

describe('priceUsage at rates of whole nanos', () => {
  it.each([
    { rule: 'with the default margin on rates that stay whole', margin: '0.2', times: 120n, step: 5 },
    { rule: 'with none', margin: '0', times: 100n, step: 1 },
    { rule: 'with one below nought', margin: '-0.25', times: 75n, step: 4 },
    { rule: 'with one that leaves fractions', margin: '0.01', times: 101n, step: 1 },
  ])('each line is its product: $rule', ({ margin, times, step }) => {
    fc.assert(
      fc.property(rates, quantities, (drawn, used) => {
        const usd = Object.fromEntries(Object.entries(drawn).map(([meter, rate]) => [meter, written(rate * step)]))
        const model = sampleModel('m', [sampleRow(usd)])
        const priced = priceUsage({ rates: model, served: {}, quantities: used, at, marginOf: () => margin })
        let listNanos = 0n
        let hundredths = 0n
        for (const line of priced.lines) {
          const list = BigInt(line.quantity) * BigInt((drawn[line.meter] ?? 0) * step)
          expect(line.listNanos).toBe(list)
          const off = line.chargeNanos * 100n - list * times
          expect(off > -100n && off < 100n).toBe(true)
          if (margin !== '0.01') expect(off).toBe(0n)
          listNanos += list
          hundredths += list * times
        }
        expect(priced.listNanos).toBe(listNanos)
        const off = priced.chargeNanos * 100n - hundredths
        expect(off >= -50n && off <= 50n).toBe(true)
        expect(priced.lines.reduce((total, line) => total + line.chargeNanos, 0n)).toBe(priced.chargeNanos)
        expect(priced.lines.map(({ meter, quantity }) => [meter, quantity])).toEqual(
          Object.entries(used).filter(([, quantity]) => quantity > 0),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('a price remembers no margin but the one that is asked for', () => {
    const model = sampleModel('m', [sampleRow({ input: '3' })])
    const chargeAt = (margin: string): bigint =>
      priceUsage({ rates: model, served: {}, quantities: { input: 10 }, at, marginOf: () => margin }).chargeNanos
    expect(['0.2', '0', '0.2', '1'].map(chargeAt)).toEqual([36_000n, 30_000n, 36_000n, 60_000n])
  })
})
