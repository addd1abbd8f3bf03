import { nanosFromUsd, type Quantities } from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { type Bound, type BoundOptions, boundRequest, type RequestBound } from './bound.ts'
import { sampleFacts, sampleHaiku, sampleModel, sampleRow } from './sample-rates.ts'

const constants: BoundConstants = {
  imageTokens: 1_600,
  documentTokensPerByte: 2,
  audioTokensPerByte: 0.1,
  framingTokens: 50,
  toolPromptTokens: 400,
  serverTools: { web_search: { meter: 'web_search' }, web_search_old: { mostUses: 1 }, tool_search: { mostUses: 3 } },
}

const attempt = (facts: Partial<RequestFacts> = {}, options: Partial<BoundOptions> = {}): Bound =>
  boundRequest({
    facts: sampleFacts(facts),
    rates: sampleHaiku,
    alternatives: [],
    modelRates: () => undefined,
    bound: constants,
    at: Date.parse('2026-11-01'),
    marginOf: () => '0.2',
    allowUnbounded: false,
    ...options,
  })

const bounded = (facts?: Partial<RequestFacts>, options?: Partial<BoundOptions>): RequestBound => {
  const bound = attempt(facts, options)
  if (!bound.ok) throw new Error(bound.message)
  return bound
}

const quantitiesOf = (facts?: Partial<RequestFacts>, options?: Partial<BoundOptions>): Quantities =>
  bounded(facts, options).quantities

describe('the tokens of a bound', () => {
  it.each([
    { rule: 'text by its bytes, and framing', facts: {}, input: 250 },
    { rule: 'the tool prompt', facts: { hasTools: true }, input: 650 },
    { rule: 'images by their maximum', facts: { images: 3 }, input: 250 + 4_800 },
    { rule: 'documents by their bytes', facts: { documents: [{ bytes: 100 }, { bytes: 1 }] }, input: 250 + 202 },
    { rule: 'a reference brings the whole window', facts: { remoteReferences: 1 }, input: 200_000 },
    { rule: 'never more than the window', facts: { textBytes: 5_000_000 }, input: 200_000 },
  ])('$rule', ({ facts, input }) => {
    expect(quantitiesOf(facts)).toEqual({ input, output: 1_024 })
    expect(bounded(facts).tokens).toBe(input + 1_024)
  })

  it.each([
    { rule: 'the limit of the request', facts: { maxOutputTokens: 7 }, output: 7 },
    {
      rule: 'the limit of the request even above the maximum of the model',
      facts: { maxOutputTokens: 900_000 },
      output: 900_000,
    },
    { rule: 'the maximum of the model against nonsense', facts: { maxOutputTokens: -5 }, output: 64_000 },
    { rule: 'every choice', facts: { choices: 3 }, output: 3_072 },
    { rule: 'at least one choice', facts: { choices: 0 }, output: 1_024 },
  ])('output: $rule', ({ facts, output }) => {
    expect(quantitiesOf(facts)).toMatchObject({ output })
  })

  it('without a limit the output is the maximum of the model', () => {
    const { maxOutputTokens: _, ...facts } = sampleFacts()
    expect(bounded({}, { facts }).quantities).toMatchObject({ output: 64_000 })
  })

  it('has no output and no window for embeddings, which take many inputs', () => {
    const embedding = sampleModel('embed', [sampleRow({ input: '0.1' })], { contextWindow: 8_191, maxOutput: 0 })
    expect(quantitiesOf({ textBytes: 1_000_000 }, { rates: embedding })).toEqual({ input: 1_000_050 })
  })

  it('counts audio, and audio answers, under the dearer meter', () => {
    const audio = sampleModel('audio', [sampleRow({ input: '2', input_audio: '40', output: '10', output_audio: '80' })])
    const facts = { audioBytes: 1_001, outputModalities: ['text', 'audio'] } as const
    expect(quantitiesOf(facts, { rates: audio })).toEqual({ input_audio: 101, input: 250, output_audio: 1_024 })
  })
})

describe('the price of a bound', () => {
  it('a Haiku one-liner with 1,024 tokens out fits a balance of $0.05', () => {
    expect(bounded()).toMatchObject({ listNanos: 5_370_000n, chargeNanos: 6_444_000n })
    expect(bounded().chargeNanos < nanosFromUsd('0.05')).toBe(true)
  })

  it('shows its lines, which sum', () => {
    expect(bounded().lines()).toEqual([
      { meter: 'input', quantity: 250, rateUsd: '1', margin: '0.2', listNanos: 250_000n, chargeNanos: 300_000n },
      { meter: 'output', quantity: 1_024, rateUsd: '5', margin: '0.2', listNanos: 5_120_000n, chargeNanos: 6_144_000n },
    ])
  })

  it('rounds up', () => {
    const cheap = sampleModel('m', [sampleRow({ input: '0.000001', output: '0' })])
    expect(bounded({}, { rates: cheap })).toMatchObject({ listNanos: 1n, chargeNanos: 1n })
  })

  it.each([
    { cacheWrite: 'none', input: '1' },
    { cacheWrite: '5m', input: '1.25' },
    { cacheWrite: '1h', input: '2' },
    { cacheWrite: 'automatic', input: '2' },
  ] as const)('counts input as the dearest class of cache writes: $cacheWrite', ({ cacheWrite, input }) => {
    expect(bounded({ cacheWrite }).lines()[0]?.rateUsd).toBe(input)
  })

  it('takes the dearest meter after margins for the charge, and before them for the list', () => {
    const marginOf = (meter: string) => (meter === 'input' ? '9' : '0')
    const bound = bounded({ cacheWrite: '1h', maxOutputTokens: 0 }, { marginOf })
    expect(bound).toMatchObject({ chargeNanos: 2_500_000n, listNanos: 500_000n })
  })

  const tiered = sampleModel('m', [
    sampleRow({ input: '1', output: '1' }),
    sampleRow({ input: '2', output: '2' }, { tier: 'priority' }),
    sampleRow({ input: '0.5', output: '0.5' }, { tier: 'flex' }),
    sampleRow({ input: '6', output: '6' }, { speed: 'fast' }),
    sampleRow({ input: '50', output: '50' }, { effectiveUntil: '2026-01-01' }),
    sampleRow({ input: '60', output: '60' }, { effectiveFrom: '2027-01-01' }),
  ])
  it.each([
    { rule: 'no tier may be served as any', facts: {}, rate: '2' },
    { rule: 'auto too', facts: { serviceTier: 'auto' }, rate: '2' },
    { rule: 'priority is priority', facts: { serviceTier: 'priority' }, rate: '2' },
    { rule: 'default stays', facts: { serviceTier: 'default' }, rate: '1' },
    { rule: 'standard_only stays', facts: { serviceTier: 'standard_only' }, rate: '1' },
    { rule: 'flex may fall back to standard', facts: { serviceTier: 'flex' }, rate: '1' },
    { rule: 'fast must be asked for', facts: { speed: 'fast' }, rate: '6' },
  ])('$rule', ({ facts, rate }) => {
    expect(
      bounded(facts, { rates: tiered })
        .lines()
        .map(({ rateUsd }) => rateUsd),
    ).toEqual([rate, rate])
  })

  it('counts every region, for one may be set elsewhere', () => {
    const regional = sampleModel('m', [
      sampleRow({ input: '1', output: '1' }),
      sampleRow({ input: '1.1', output: '1.1' }, { region: 'us' }),
    ])
    expect(bounded({}, { rates: regional }).lines()[0]?.rateUsd).toBe('1.1')
  })

  it.each([
    [149, '1'],
    [150, '1'],
    [151, '2'],
  ])('reaches a context band only with the input for it: %i bytes', (textBytes, rate) => {
    const banded = sampleModel('m', [
      sampleRow({ input: '1', output: '1' }),
      sampleRow({ input: '2', output: '2' }, { inputAbove: 200 }),
    ])
    expect(bounded({ textBytes }, { rates: banded }).lines()[0]?.rateUsd).toBe(rate)
  })

  it('is that of the dearest model which may serve it', () => {
    const dear = sampleModel('dear', [sampleRow({ input: '5', output: '25' })])
    expect(bounded({}, { alternatives: [dear] }).listNanos).toBe(5n * bounded().listNanos)
    expect(bounded({}, { rates: dear, alternatives: [sampleHaiku] }).listNanos).toBe(5n * bounded().listNanos)
  })
})

describe('fittingMaxOutput', () => {
  it.each(['list', 'charge'] as const)('is the largest limit that fits, by %s', (basis) => {
    const available = nanosFromUsd('0.001')
    const fitting = bounded().fittingMaxOutput(available, basis) ?? 0
    const at = (maxOutputTokens: number) => bounded({ maxOutputTokens })[basis === 'list' ? 'listNanos' : 'chargeNanos']
    expect(fitting).toBe(basis === 'list' ? 150 : 116)
    expect(at(fitting) <= available).toBe(true)
    expect(at(fitting + 1) > available).toBe(true)
  })

  it.each([
    { rule: 'is undefined when the input alone is too much', nanos: 299_999n, expected: undefined },
    { rule: 'is undefined below one token', nanos: 300_000n + 5_999n, expected: undefined },
    { rule: 'is one for one token', nanos: 300_000n + 6_000n, expected: 1 },
    { rule: 'stops at the maximum of the model', nanos: nanosFromUsd('100'), expected: 64_000 },
    { rule: 'is undefined for a debt', nanos: -1n, expected: undefined },
  ])('$rule', ({ nanos, expected }) => {
    expect(bounded().fittingMaxOutput(nanos, 'charge')).toBe(expected)
  })

  it('counts choices, and the dearest alternative', () => {
    const dear = sampleModel('dear', [sampleRow({ input: '1', output: '50' })])
    const nanos = 300_000n + 120n * 6_000n
    expect(bounded({ choices: 4 }).fittingMaxOutput(nanos, 'charge')).toBe(30)
    expect(bounded({}, { alternatives: [dear] }).fittingMaxOutput(nanos, 'charge')).toBe(12)
  })

  it('is the maximum where output is free', () => {
    const free: ModelRates = sampleModel('free', [sampleRow({ input: '0', output: '0' })])
    expect(bounded({}, { rates: free }).fittingMaxOutput(0n, 'list')).toBe(64_000)
  })
})
