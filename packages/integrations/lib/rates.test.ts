import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isTokenMeter, type Meter, meters, nanosFromUsd, parseDecimal } from '@vendo/contract'
import { recordingSets } from '@vendo/testkit'
import { describe, expect, it } from 'vitest'
import { findProvider } from './providers.ts'
import type { ModelRates, RateRow } from './rate.ts'
import { bandsBeyondWindow, rateTables } from './rates.ts'

const namesOf = ({ model, aliases }: ModelRates): readonly string[] => [model, ...aliases]

const find = (provider: string, name: string): ModelRates | undefined =>
  rateTables.find((table) => table.provider === provider)?.models.find((model) => namesOf(model).includes(name))

const allRows = rateTables.flatMap(({ provider, models }) =>
  models.flatMap((model) => model.rates.map((row) => ({ name: `${provider} ${model.model}`, row }))),
)

describe.each(rateTables)('the table of $provider', ({ provider, models }) => {
  it('belongs to a proxied provider', () => {
    expect(findProvider(provider)).toBeDefined()
  })

  it('knows every name once', () => {
    const names = models.flatMap(namesOf)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it.each(models)('$model is well formed', ({ contextWindow, maxOutput, rates }) => {
    expect(Number.isSafeInteger(contextWindow) && contextWindow > 0).toBe(true)
    expect(Number.isSafeInteger(maxOutput) && maxOutput >= 0 && maxOutput <= contextWindow).toBe(true)
    expect(rates.length).toBeGreaterThan(0)
    for (const row of rates) expectWellFormed(row)
    expect(bandsBeyondWindow({ contextWindow, rates })).toEqual([])
  })

  it.each(models)('$model has one price list for one case', ({ rates }) => {
    const clashes = rates.flatMap((row, index) => rates.slice(index + 1).filter((other) => clash(row, other)))
    expect(clashes).toEqual([])
  })
})

const expectWellFormed = (row: RateRow): void => {
  for (const [meter, usd] of Object.entries(row.usd)) {
    expect(meters).toContain(meter)
    expect(usd).toMatch(/^\d+(\.\d+)?$/)
  }
  expect(row.usd.input ?? row.usd.audio_second).toBeDefined()
  expect(row.effectiveFrom).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  if (row.effectiveUntil !== undefined) expect(row.effectiveUntil > row.effectiveFrom).toBe(true)
  expect(new URL(row.source).protocol).toBe('https:')
  expect(row.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/)
}

const conditions = ({ tier, speed, region, inputAbove }: RateRow): string =>
  JSON.stringify([tier, speed, region, inputAbove])

const clash = (one: RateRow, other: RateRow): boolean =>
  conditions(one) === conditions(other) &&
  one.effectiveFrom < (other.effectiveUntil ?? '9999') &&
  other.effectiveFrom < (one.effectiveUntil ?? '9999')

describe('figures that would be typing errors', () => {
  it.each(allRows)('$name: reads are not dearer than input, writes not cheaper, output not cheaper', ({ row }) => {
    const rate = (meter: Meter): bigint | undefined => {
      const usd = row.usd[meter]
      return usd === undefined ? undefined : nanosFromUsd(usd)
    }
    const input = rate('input') ?? 0n
    expect((rate('cache_read') ?? 0n) <= input).toBe(true)
    expect((rate('cache_write_5m') ?? input) >= input).toBe(true)
    expect((rate('cache_write_1h') ?? rate('cache_write_5m') ?? input) >= (rate('cache_write_5m') ?? input)).toBe(true)
    expect((rate('output') ?? input) >= input).toBe(true)
    for (const [meter, usd] of Object.entries(row.usd)) {
      const most = isTokenMeter(meter as Meter) ? '1000' : '1'
      expect(nanosFromUsd(usd) <= nanosFromUsd(most), `${meter} ${usd}`).toBe(true)
    }
  })
})

/** The exact amount of one row in USD × 10¹², so that a wrong figure in the sixth place of a rate still shows. */
const picoDollars = (row: RateRow, quantities: Partial<Record<Meter, number>>): bigint =>
  Object.entries(quantities).reduce((sum, [meter, quantity]) => {
    const { numerator, denominator } = parseDecimal(row.usd[meter as Meter] ?? 'missing')
    const unit = isTokenMeter(meter as Meter) ? 1_000_000n : 1_000_000_000_000n
    const scaled = BigInt(quantity) * numerator * unit
    expect(scaled % denominator).toBe(0n)
    return sum + scaled / denominator
  }, 0n)

interface Vector {
  readonly model: string
  readonly provider?: string
  readonly on?: string
  readonly inputAbove?: number
  readonly tier?: string
  readonly speed?: string
  readonly region?: string
  readonly quantities: Partial<Record<Meter, number>>
  readonly usd: string
}

const rowFor = (vector: Vector): RateRow | undefined => {
  const { provider = 'anthropic', model, on = '2026-11-20', tier, speed, region, inputAbove } = vector
  return find(provider, model)?.rates.find(
    (row) =>
      conditions(row) === JSON.stringify([tier, speed, region, inputAbove]) &&
      row.effectiveFrom <= on &&
      on < (row.effectiveUntil ?? '9999'),
  )
}

const vectors: readonly Vector[] = [
  {
    model: 'claude-3-7-sonnet-20250219',
    quantities: { input: 3, cache_write_5m: 12_304, output: 550 },
    usd: '0.054399',
  },
  { model: 'claude-opus-4-8', quantities: { cache_write_5m: 600_000, cache_write_1h: 400_000 }, usd: '7.75' },
  {
    model: 'claude-opus-5-5',
    quantities: {
      input: 1_000,
      cache_read: 50_000,
      cache_write_5m: 1_000,
      cache_write_1h: 2_000,
      output: 700,
      web_search: 2,
    },
    usd: '0.069',
  },
  { model: 'claude-fable-5-1', quantities: { cache_read: 1_000_000 }, usd: '0.25' },
  {
    model: 'claude-sonnet-4-6',
    on: '2026-03-12',
    inputAbove: 200_000,
    quantities: { input: 50_000, cache_read: 200_000, output: 1_000 },
    usd: '0.4425',
  },
  {
    model: 'claude-sonnet-4-6',
    on: '2026-03-13',
    quantities: { input: 50_000, cache_read: 200_000, output: 1_000 },
    usd: '0.225',
  },
  { model: 'claude-opus-4-8', speed: 'fast', region: 'us', quantities: { input: 1_000_000 }, usd: '11' },
  { model: 'claude-haiku-5-5', inputAbove: 100_000, quantities: { input: 100_001, output: 10 }, usd: '0.0500255' },
  {
    provider: 'openai',
    model: 'gpt-5.6-sol',
    quantities: { input: 3, cache_write_5m: 18_011, output: 10 },
    usd: '0.090267',
  },
  { provider: 'openai', model: 'gpt-5.4', quantities: { input: 271_999 }, usd: '0.6799975' },
  { provider: 'openai', model: 'gpt-5.4', inputAbove: 271_999, quantities: { input: 272_000 }, usd: '1.36' },
  { provider: 'openai', model: 'gpt-4o-2024-08-06', tier: 'priority', quantities: { input: 1_000_000 }, usd: '4.25' },
]

describe('golden vectors', () => {
  it.each(vectors)('$model $on costs $usd', (vector) => {
    const row = rowFor(vector)
    expect(row).toBeDefined()
    const { numerator, denominator } = parseDecimal(vector.usd)
    expect(picoDollars(row as RateRow, vector.quantities)).toBe((numerator * 10n ** 12n) / denominator)
  })

  it('has no price for what the provider does not sell, so that nothing is derived', () => {
    const quantities = {}
    expect(rowFor({ model: 'claude-opus-4-8', speed: 'fast', tier: 'batch', quantities, usd: '0' })).toBe(undefined)
    expect(rowFor({ model: 'claude-haiku-4-5', region: 'us', quantities, usd: '0' })).toBe(undefined)
    expect(
      rowFor({ provider: 'openai', model: 'gpt-5.4', tier: 'priority', inputAbove: 271_999, quantities, usd: '0' }),
    ).toBe(undefined)
  })
})

describe.each(recordingSets())('the models of $set', ({ root }) => {
  const lines = readFileSync(join(root, 'expected_usage.jsonl'), 'utf8').trim().split('\n')
  const recorded = lines.map((line): { provider: string; model: string } => JSON.parse(line))

  it('are all known', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(35)
    const unknown = recorded.filter(({ provider, model }) => {
      const [slug = ''] = provider.split('-')
      return findProvider(slug) !== undefined && find(slug, model) === undefined
    })
    expect(unknown).toEqual([])
  })
})

it('a band that begins at the end of the window or behind it is found', () => {
  const row = { effectiveFrom: '2023-01-01', usd: {}, source: '', checked: '' }
  const rates = [row, ...[999, 1_000, 2_000].map((inputAbove) => ({ ...row, inputAbove }))]
  expect(bandsBeyondWindow({ contextWindow: 1_000, rates })).toEqual([1_000, 2_000])
})

it.each([
  ['anthropic', 'claude-3-sonnet-20240229'],
  ['openai', 'gpt-4o-audio-preview'],
  ['openai', 'gpt-4o-mini-audio-preview-2024-12-17'],
  ['openai', 'gpt-3.5-turbo-0613'],
  ['openai', 'gpt-4.5-preview'],
  ['openai', 'o1-preview-2024-09-12'],
  ['openai', 'gpt-4-32k-0613'],
  ['openrouter', 'anthropic/claude-3-sonnet'],
])('the retired model %s %s keeps its price', (provider, model) => {
  expect(find(provider, model)).toBeDefined()
})
