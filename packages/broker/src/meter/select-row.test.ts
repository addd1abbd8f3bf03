import { describe, expect, it } from 'vitest'
import { sampleModel, sampleRow } from './sample-rates.ts'
import { selectRow } from './select-row.ts'

const march13 = Date.parse('2026-03-13')

const model = sampleModel('sample', [
  sampleRow({ input: '1' }),
  sampleRow({ input: '2' }, { inputAbove: 200_000, effectiveUntil: '2026-03-13' }),
  sampleRow({ input: '3' }, { inputAbove: 500_000 }),
  sampleRow({ input: '4' }, { tier: 'priority' }),
  sampleRow({ input: '5' }, { speed: 'fast', effectiveFrom: '2026-03-13' }),
  sampleRow({ input: '6' }, { region: 'us' }),
  sampleRow({ input: '7' }, { region: 'us', tier: 'priority' }),
])

const rateOf = (conditions: Partial<Parameters<typeof selectRow>[1]>) =>
  selectRow(model, { inputTokens: 10, at: march13, ...conditions })?.usd.input

describe('selectRow', () => {
  it.each([
    [undefined, '1'],
    ['default', '1'],
    ['standard', '1'],
    ['auto', '1'],
    ['priority', '4'],
    ['flex', undefined],
  ])('tier %s', (tier, expected) => {
    expect(rateOf({ tier })).toBe(expected)
  })

  it.each([
    { speed: 'standard', region: 'global', expected: '1' },
    { speed: 'fast', region: 'not_available', expected: '5' },
    { speed: 'slow', region: undefined, expected: undefined },
    { speed: undefined, region: 'us', expected: '6' },
    { speed: undefined, region: 'eu', expected: undefined },
    { speed: 'fast', region: 'us', expected: undefined },
  ])('speed $speed in region $region', ({ speed, region, expected }) => {
    expect(rateOf({ speed, region })).toBe(expected)
  })

  it('needs every condition at once', () => {
    expect(rateOf({ tier: 'priority', region: 'us' })).toBe('7')
    expect(rateOf({ tier: 'priority', speed: 'fast' })).toBeUndefined()
  })

  it.each([
    [199_999, '1'],
    [200_000, '1'],
    [200_001, '2'],
    [499_999, '2'],
    [500_000, '2'],
    [500_001, '3'],
  ])('the band at %i tokens', (inputTokens, expected) => {
    expect(rateOf({ inputTokens, at: march13 - 1 })).toBe(expected)
  })

  it('a band ends at its date', () => {
    expect(rateOf({ inputTokens: 200_001, at: march13 })).toBe('1')
  })

  it('a tier without a list for the band has no price there', () => {
    expect(rateOf({ tier: 'priority', inputTokens: 500_001 })).toBeUndefined()
  })

  it('a date begins at midnight, UTC', () => {
    expect(rateOf({ speed: 'fast', at: march13 - 1 })).toBeUndefined()
    expect(rateOf({ speed: 'fast', at: march13 })).toBe('5')
  })

  it('takes the newest of lists that overlap', () => {
    const overlapping = sampleModel('sample', [
      sampleRow({ input: '9' }, { effectiveFrom: '2026-01-01' }),
      sampleRow({ input: '8' }, { effectiveFrom: '2025-01-01' }),
    ])
    expect(selectRow(overlapping, { inputTokens: 1, at: march13 })?.usd.input).toBe('9')
  })

  it('finds nothing before the first list', () => {
    expect(rateOf({ at: Date.parse('2019-12-31') })).toBeUndefined()
  })
})
