import { describe, expect, it } from 'vitest'
import type { RateOverride } from '../store/records.ts'
import { createRateBook } from './rate-book.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

const listed = (model: string, aliases: readonly string[] = []) =>
  sampleModel(model, [sampleRow({ input: '1' })], { aliases })

const tables = [
  {
    provider: 'anthropic',
    models: [
      listed('claude-x-20250101', ['claude-x', 'claude-x-latest']),
      listed('claude-y'),
      listed('claude-x-latest-2'),
    ],
  },
  {
    provider: 'openrouter',
    models: [
      ...[listed('vendor/model'), listed('vendor/model:free'), listed('toString')],
      listed('vendor/model-4.5', ['vendor/model-4.5-20250929']),
      listed('vendor/other-3-1'),
    ],
  },
]

const override = (model: string, effectiveFrom: number, input: string): RateOverride => ({
  integration: 'anthropic',
  model,
  contextWindow: 1_000,
  maxOutput: 100,
  usd: { input },
  source: 'contract',
  effectiveFrom,
})

const nameOf = (integration: string, model: string) =>
  createRateBook({ tables, overrides: [] }).find({ integration, model, at: 0 })?.model

describe('RateBook.find', () => {
  it.each([
    ['the exact name', 'anthropic', 'claude-y', 'claude-y'],
    ['an alias', 'anthropic', 'claude-x-latest', 'claude-x-20250101'],
    ['a dated variant of a name', 'anthropic', 'claude-y-20260131', 'claude-y'],
    ['a dated variant with dashes', 'anthropic', 'claude-y-2026-01-31', 'claude-y'],
    ['a dated variant of an alias', 'anthropic', 'claude-x-20990101', 'claude-x-20250101'],
    ['a vendor prefix', 'openrouter', 'vendor/model', 'vendor/model'],
    ['a version with a dash', 'openrouter', 'vendor/model-4-5', 'vendor/model-4.5'],
    ['a version with a dash and a listed date', 'openrouter', 'vendor/model-4-5-20250929', 'vendor/model-4.5'],
    ['a version with a dash and another date', 'openrouter', 'vendor/model-4-5-20260131', 'vendor/model-4.5'],
    ['a name that has a dash itself', 'openrouter', 'vendor/other-3-1', 'vendor/other-3-1'],
    ['a leap day', 'anthropic', 'claude-y-20280229', 'claude-y'],
    ['a listed variant', 'openrouter', 'vendor/model:free', 'vendor/model:free'],
  ])('finds %s', (_, integration, model, expected) => {
    expect(nameOf(integration, model)).toBe(expected)
  })

  it.each([
    ['another variant', 'openrouter', 'vendor/model:nitro'],
    ['a bare name of a vendor model', 'openrouter', 'model'],
    ['a model of another provider', 'openrouter', 'claude-y'],
    ['an unknown provider', 'mistral', 'claude-y'],
    ['a typing error', 'anthropic', 'claude-z'],
    ['another case', 'anthropic', 'Claude-Y'],
    ['a shorter suffix', 'anthropic', 'claude-y-0613'],
    ['a month that does not exist', 'anthropic', 'claude-y-2024-13-45'],
    ['a day that does not exist', 'anthropic', 'claude-y-20240230'],
    ['a leap day of another year', 'anthropic', 'claude-y-2027-02-29'],
    ['a date with one dash', 'anthropic', 'claude-y-2024-0131'],
    ['a version with a dot in the place of a dash', 'openrouter', 'vendor/other-3.1'],
    ['a dashed version of another provider', 'anthropic', 'vendor/model-4-5'],
    ['a date as a version', 'openrouter', 'vendor/model-4-0512'],
    ['a name that objects inherit', 'anthropic', '__proto__'],
    ['nothing', 'anthropic', ''],
  ])('does not guess for %s', (_, integration, model) => {
    expect(nameOf(integration, model)).toBeUndefined()
  })
})

describe('overrides', () => {
  const rateAt = (overrides: readonly RateOverride[], model: string, at: number) =>
    createRateBook({ tables, overrides }).find({ integration: 'anthropic', model, at })?.rates[0]?.usd.input

  it('replace the table from their instant on, and each other in turn', () => {
    const overrides = [override('claude-y', 2_000, '30'), override('claude-y', 1_000, '20')]
    expect([999, 1_000, 1_999, 2_000].map((at) => rateAt(overrides, 'claude-y', at))).toEqual(['1', '20', '20', '30'])
  })

  it.each(['claude-x', 'claude-x-latest', 'claude-x-20250101', 'claude-x-20990101'])(
    'cover a model under every name: %s',
    (name) => {
      expect(rateAt([override('claude-x', 0, '20')], name, 5)).toBe('20')
      expect(rateAt([override('claude-x-20250101', 0, '20')], name, 5)).toBe('20')
    },
  )

  it('add models that no table has', () => {
    expect(rateAt([override('own-model', 10, '20')], 'own-model', 9)).toBeUndefined()
    expect(rateAt([override('own-model', 10, '20')], 'own-model-20260101', 10)).toBe('20')
  })

  it('of two for one instant the later entry counts', () => {
    expect(rateAt([override('claude-y', 5, '20'), override('claude-y', 5, '30')], 'claude-y', 5)).toBe('30')
  })

  it('carry their limits', () => {
    const book = createRateBook({ tables, overrides: [override('claude-y', 0, '20')] })
    expect(book.find({ integration: 'anthropic', model: 'claude-y', at: 0 })).toMatchObject({
      contextWindow: 1_000,
      maxOutput: 100,
    })
  })
})
