import { type ModelRates, type RateTable, rateTables } from '@vendo/integrations/rates'
import { describe, expect, it } from 'vitest'
import { compareTable } from './rates-compare.ts'

const table = (provider: string, model: string, change: (rates: ModelRates) => ModelRates): RateTable => {
  const found = rateTables.find((entry) => entry.provider === provider)?.models.find((entry) => entry.model === model)
  return { provider, models: [change(found as ModelRates)] }
}
const today = '2026-11-20'

describe('compareTable', () => {
  it('finds nothing where both agree, in every band and on either side of a change', () => {
    const pro = compareTable(
      table('gemini', 'gemini-2.5-pro', (model) => model),
      today,
    )
    expect(pro).toMatchObject({ disagreements: [], unknown: [] })
    expect(pro.compared).toBeGreaterThan(10)
    const flash = table('gemini', 'gemini-3.8-flash', (model) => model)
    expect(compareTable(flash, today).disagreements).toEqual([])
  })

  it.each<[string, string, (row: ModelRates['rates'][number]) => ModelRates['rates'][number], object]>([
    [
      'a price',
      'gemini-2.5-flash',
      (row) => ({ ...row, usd: { ...row.usd, output: '2.4' } }),
      { meter: 'output', ours: '2.4', theirs: '2.5' },
    ],
    [
      'a price in one band only',
      'gemini-2.5-pro',
      (row) => (row.inputAbove === undefined ? row : { ...row, usd: { ...row.usd, input: '3' } }),
      { meter: 'input', ours: '3', theirs: '2.5' },
    ],
    [
      'a missing class',
      'gemini-2.5-flash',
      ({ usd: { cache_read: _, ...usd }, ...row }) => ({ ...row, usd }),
      { meter: 'cache_read', theirs: '0.03' },
    ],
  ])('finds %s', (_, model, change, expected) => {
    const changed = table('gemini', model, (rates) => ({ ...rates, rates: rates.rates.map(change) }))
    expect(compareTable(changed, today).disagreements).toEqual([expect.objectContaining(expected)])
  })

  it('finds another threshold, from the first token on which the two differ', () => {
    const changed = table('gemini', 'gemini-2.5-pro', (rates) => ({
      ...rates,
      rates: rates.rates.map((row) => (row.inputAbove === undefined ? row : { ...row, inputAbove: 250_000 })),
    }))
    const [found] = compareTable(changed, today).disagreements
    expect(found).toMatchObject({ ours: '1.25', theirs: '2.5', cases: expect.arrayContaining([`${today}, 200001 in`]) })
  })

  it('counts what the second source cannot say', () => {
    expect(
      compareTable(
        table('gemini', 'gemini-4-argon', (model) => model),
        today,
      ).unknown,
    ).toEqual(['gemini-4-argon'])
    expect(
      compareTable(
        table('gemini', 'gemini-2.5-flash', (model) => model),
        today,
      ).beyond,
    ).toBeGreaterThan(0)
  })
})
