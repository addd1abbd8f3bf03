import { readFileSync } from 'node:fs'
import { nanosFromUsd, type Quantities, type Served } from '@vendo/contract'
import type { ModelRates } from '@vendo/integrations/rates'
import { describe, expect, it } from 'vitest'
import { priceReportedCost, priceUsage } from './price.ts'
import { sampleHaiku, sampleModel, sampleRow } from './sample-rates.ts'

const at = Date.parse('2026-11-01')
const atList = () => '0'

type Rates = readonly [input: string, read: string, write5m: string, write1h: string, output: string]

const claude = (...[input, cache_read, cache_write_5m, cache_write_1h, output]: Rates) =>
  sampleModel('claude', [sampleRow({ input, cache_read, cache_write_5m, cache_write_1h, output, web_search: '0.01' })])

const sonnet46 = sampleModel('claude-sonnet-4-6', [
  sampleRow({ input: '3', cache_read: '0.3', output: '15' }),
  sampleRow({ input: '6', cache_read: '0.6', output: '22.5' }, { inputAbove: 200_000, effectiveUntil: '2026-03-13' }),
])
const gpt54 = sampleModel('gpt-5.4', [
  sampleRow({ input: '2.5', output: '15' }),
  sampleRow({ input: '5', output: '22.5' }, { inputAbove: 271_999 }),
])
const gpt56sol = sampleModel('gpt-5.6-sol', [sampleRow({ input: '4', cache_write_5m: '5', output: '20' })])

interface Golden {
  readonly rule: string
  readonly rates: ModelRates
  readonly quantities: Quantities
  readonly usd: string
  readonly on?: string
}

const longSonnet = { input: 50_000, cache_read: 200_000, output: 1_000 }
const golden: readonly Golden[] = [
  {
    rule: 'Sonnet 3.7: a large cache write',
    rates: claude('3', '0.3', '3.75', '6', '15'),
    quantities: { input: 3, cache_write_5m: 12_304, output: 550 },
    usd: '0.054399',
  },
  {
    rule: 'Opus 4.8: one-hour writes have a rate of their own',
    rates: claude('5', '0.5', '6.25', '10', '25'),
    quantities: { cache_write_5m: 600_000, cache_write_1h: 400_000 },
    usd: '7.75',
  },
  {
    rule: 'Opus 5.5: every class and two searches',
    rates: claude('4', '0.2', '5', '8', '20'),
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
  {
    rule: 'Fable 5.1: a million cached tokens',
    rates: claude('10', '0.25', '12.5', '20', '50'),
    quantities: { cache_read: 1_000_000 },
    usd: '0.25',
  },
  { rule: 'Sonnet 4.6: long, before', rates: sonnet46, quantities: longSonnet, usd: '0.4425', on: '2026-03-12' },
  { rule: 'Sonnet 4.6: long, after', rates: sonnet46, quantities: longSonnet, usd: '0.225', on: '2026-03-13' },
  {
    rule: 'GPT-5.6-sol: writes are billed',
    rates: gpt56sol,
    quantities: { input: 3, cache_write_5m: 18_011, output: 10 },
    usd: '0.090267',
  },
  { rule: 'GPT-5.4: below the band', rates: gpt54, quantities: { input: 271_999 }, usd: '0.6799975' },
  { rule: 'GPT-5.4: above the band', rates: gpt54, quantities: { input: 272_000 }, usd: '1.36' },
]

const price = (rates: ModelRates, quantities: Quantities, served: Served = {}, marginOf: () => string = atList) =>
  priceUsage({ rates, served, quantities, at, marginOf })

describe('priceUsage', () => {
  it.each(golden)('$rule costs $usd', ({ rates, quantities, usd, on }) => {
    const priced = priceUsage({
      rates,
      served: {},
      quantities,
      at: on === undefined ? at : Date.parse(on),
      marginOf: atList,
    })
    expect(priced).toMatchObject({ listNanos: nanosFromUsd(usd), chargeNanos: nanosFromUsd(usd), unpriced: [] })
  })

  it('puts each meter and its margin on a line', () => {
    const marginOf = (meter: string) => (meter === 'output' ? '0.5' : '0.2')
    expect(
      priceUsage({ rates: sampleHaiku, served: {}, quantities: { input: 100, output: 10 }, at, marginOf }),
    ).toEqual({
      lines: [
        { meter: 'input', quantity: 100, rateUsd: '1', margin: '0.2', listNanos: 100_000n, chargeNanos: 120_000n },
        { meter: 'output', quantity: 10, rateUsd: '5', margin: '0.5', listNanos: 50_000n, chargeNanos: 75_000n },
      ],
      listNanos: 150_000n,
      chargeNanos: 195_000n,
      cacheSavingsNanos: 0n,
      unpriced: [],
    })
  })

  it('rounds once per call, and the lines still sum', () => {
    const rates = sampleModel('m', [sampleRow({ input: '0.0004', output: '0.0004' })])
    const priced = price(rates, { input: 1, output: 1 })
    expect(priced.listNanos).toBe(1n)
    expect(priced.lines.map(({ listNanos }) => listNanos)).toEqual([1n, 0n])
  })

  it('rounds halves to the even nano', () => {
    const half = sampleModel('m', [sampleRow({ input: '0.0005' })])
    expect([1, 3, 5].map((input) => price(half, { input }).listNanos)).toEqual([0n, 2n, 2n])
  })

  it('tells nought from unknown: a free meter has a line, an unrated one is unpriced, an unused one neither', () => {
    const rates = sampleModel('m', [sampleRow({ input: '1', web_fetch: '0' })])
    const priced = price(rates, { input: 1, web_fetch: 3, output: 7, cache_read: 0 })
    expect(priced.lines.map(({ meter }) => meter)).toEqual(['input', 'web_fetch'])
    expect(priced.unpriced).toEqual(['output'])
  })

  it('prices by what was served, and a missing combination not at all', () => {
    const rates = sampleModel('m', [
      sampleRow({ input: '1' }),
      sampleRow({ input: '2' }, { tier: 'priority' }),
      sampleRow({ input: '3' }, { speed: 'fast', region: 'us' }),
    ])
    const listOf = (served: Served) => price(rates, { input: 1 }, served)
    expect(listOf({ serviceTier: 'priority' }).listNanos).toBe(2_000n)
    expect(listOf({ serviceTier: 'default' }).listNanos).toBe(1_000n)
    expect(listOf({ speed: 'fast', region: 'us' }).listNanos).toBe(3_000n)
    expect(listOf({ speed: 'fast' })).toMatchObject({ listNanos: 0n, lines: [], unpriced: ['input'] })
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a quantity of %s is unpriced, and no exception',
    (input) => {
      expect(price(sampleHaiku, { input })).toMatchObject({ lines: [], unpriced: ['input'] })
    },
  )

  it('adds other models of the call at their own rates', () => {
    const advisor = claude('5', '0.5', '6.25', '10', '25')
    const priced = priceUsage({
      rates: sampleHaiku,
      served: {},
      quantities: { input: 10 },
      extra: [{ rates: advisor, served: {}, quantities: { input: 10 } }],
      at,
      marginOf: atList,
    })
    expect(priced.lines.map(({ meter, rateUsd, listNanos }) => [meter, rateUsd, listNanos])).toEqual([
      ['input', '1', 10_000n],
      ['input', '5', 50_000n],
    ])
    expect(priced.listNanos).toBe(60_000n)
  })

  it('counts cached audio and images towards the band', () => {
    const rates = sampleModel('m', [
      sampleRow({ input: '1', input_image: '1', cache_read_audio: '1', input_audio: '1' }),
      sampleRow({ input: '2', input_image: '2', cache_read_audio: '2', input_audio: '2' }, { inputAbove: 30 }),
    ])
    const quantities = { input: 10, input_image: 10, cache_read_audio: 10 }
    expect(price(rates, quantities).listNanos).toBe(30_000n)
    expect(price(rates, { ...quantities, input_audio: 1 }).listNanos).toBe(62_000n)
  })
})

describe('cache savings', () => {
  it.each([
    { rule: 'reads save', quantities: { cache_read: 1_000 }, nanos: 900_000n },
    { rule: 'short writes cost', quantities: { cache_write_5m: 1_000 }, nanos: -250_000n },
    { rule: 'long writes cost more', quantities: { cache_write_1h: 1_000 }, nanos: -1_000_000n },
    {
      rule: 'they add up',
      quantities: { input: 5, cache_read: 1_000, cache_write_5m: 1_000, output: 5 },
      nanos: 650_000n,
    },
    { rule: 'nothing cached', quantities: { input: 1_000, output: 1_000 }, nanos: 0n },
  ])('$rule', ({ quantities, nanos }) => {
    expect(price(sampleHaiku, quantities, {}, () => '0.2').cacheSavingsNanos).toBe(nanos)
  })
})

describe('priceReportedCost', () => {
  it('charges what another provider bills beside it, and keeps it out of the list price', () => {
    const priced = priceReportedCost({ costUsd: '0.000005', upstreamCostUsd: '0.0001', marginOf: () => '0.2' })
    expect(priced).toMatchObject({ listNanos: 5_000n, upstreamNanos: 100_000n, chargeNanos: 126_000n })
    expect(priced.lines.map(({ rateUsd, listNanos, chargeNanos }) => [rateUsd, listNanos, chargeNanos])).toEqual([
      ['0.000005', 5_000n, 6_000n],
      ['0.0001', 0n, 120_000n],
    ])
  })

  it('is one line of one request at that cost', () => {
    expect(priceReportedCost({ costUsd: '0.0000141', marginOf: () => '0.2' })).toEqual({
      lines: [
        {
          meter: 'request',
          quantity: 1,
          rateUsd: '0.0000141',
          margin: '0.2',
          listNanos: 14_100n,
          chargeNanos: 16_920n,
        },
      ],
      listNanos: 14_100n,
      chargeNanos: 16_920n,
      cacheSavingsNanos: 0n,
      unpriced: [],
    })
  })
})

describe('the pricing code', () => {
  it.each(['price.ts', 'amount.ts', 'rational.ts', 'select-row.ts', 'margin.ts', 'bound-cost.ts'])(
    '%s holds no premium or discount: the only numbers are units, nought and one',
    (file) => {
      const source = readFileSync(new URL(file, import.meta.url), 'utf8').replaceAll(
        /\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'/g,
        '',
      )
      const numbers = new Set(source.match(/(?<![\w.])\d[\d_.]*n?/g))
      expect([...numbers].filter((number) => !['0', '1', '0n', '1n', '2'].includes(number))).toEqual(
        file === 'amount.ts' ? ['1_000_000_000n', '1_000_000n'] : [],
      )
    },
  )
})
