import type { Meter } from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import { rateTables } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bound, type BoundOptions, boundRequest } from './bound.ts'
import { boundInFull } from './bound-in-full.ts'
import { boundPlain } from './bound-plain.ts'
import { sampleFacts, sampleHaiku, sampleModel, sampleRow } from './sample-rates.ts'

const constants: BoundConstants = {
  imageTokens: 1_600,
  documentTokensPerByte: 2,
  audioTokensPerByte: 0.1,
  framingTokens: 50,
  toolPromptTokens: 400,
  serverTools: {},
  shownOutput: ['claude-haiku', 'gpt-4'],
}

const now = Date.parse('2026-11-20')
const optionsOf = (options: Partial<BoundOptions> = {}): BoundOptions => ({
  facts: sampleFacts(),
  rates: sampleHaiku,
  alternatives: [],
  modelRates: () => undefined,
  bound: constants,
  at: now,
  marginOf: () => '0.2',
  allowUnbounded: false,
  ...options,
})

/** A bound with everything that it can be asked; one that is refused as it is. */
const told = (bound: Bound) => {
  if (!bound.ok) return bound
  const fitting = [-1n, 0n, 1_000_000n, 7_654_321n, 10n ** 13n].flatMap((nanos) => [
    bound.fittingMaxOutput(nanos, 'list'),
    bound.fittingMaxOutput(nanos, 'charge'),
  ])
  const { quantities, tokens, listNanos, chargeNanos, hidesOutput, fallbacksAddUp, waived, background } = bound
  return {
    ...{ quantities: Object.entries(quantities), tokens, listNanos, chargeNanos, lines: bound.lines() },
    ...{ hidesOutput, fallbacksAddUp, waived, background, fitting },
  }
}

const decimal = fc
  .tuple(fc.nat(80), fc.nat(999_999), fc.nat(6))
  .map(([whole, part, places]) =>
    places === 0 ? `${whole}` : `${whole}.${String(part).padStart(6, '0').slice(-places)}`,
  )
const rated: readonly Meter[] = ['input', 'output', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'request']
const usd = fc.record(Object.fromEntries(rated.map((meter) => [meter, decimal])), { requiredKeys: ['input'] })
const row = fc
  .tuple(
    fc.oneof(
      usd,
      usd.map(({ request: _, ...tokens }) => tokens),
    ),
    fc.record(
      {
        tier: fc.constantFrom('priority', 'flex', 'default'),
        speed: fc.constantFrom('fast', 'standard'),
        region: fc.constantFrom('us', 'global'),
        inputAbove: fc.constantFrom(0, 200, 250, 1_000),
        effectiveUntil: fc.constantFrom('2026-01-01', '2027-01-01'),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([rates, conditions]) => sampleRow(rates, conditions))
const limits = fc.record({
  contextWindow: fc.constantFrom(0, 300, 200_000),
  maxOutput: fc.constantFrom(0, 64, 64_000),
})
const invented = fc
  .tuple(fc.constantFrom('claude-haiku-9', 'other'), fc.array(row, { minLength: 1, maxLength: 5 }), limits)
  .map(([name, rows, lengths]) => sampleModel(name, rows, lengths))
const listed = fc.constantFrom(...rateTables.flatMap(({ models }) => models))

const counts = fc.oneof(
  fc.nat(2_000),
  fc.constantFrom(0, 1, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e300),
)
/** Mostly the first, so that most requests are plain. */
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 24, arbitrary: fc.constant(usual) }, fc.constantFrom(...others))
const facts = fc
  .record({
    textBytes: fc.oneof(fc.nat(400_000), fc.constantFrom(0, 150, 151, 200, 201, 0.5, 2 ** 53)),
    maxOutputTokens: fc.oneof(fc.constantFrom(undefined, 64, 1_024), counts),
    choices: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, counts),
    cacheWrite: fc.constantFrom('none', '5m', '1h', 'automatic'),
    serviceTier: fc.constantFrom(
      undefined,
      undefined,
      'auto',
      'default',
      'standard_only',
      'priority',
      'flex',
      'unheard',
    ),
    speed: mostly(undefined, 'fast'),
    region: mostly(undefined, 'us'),
    hasTools: fc.boolean(),
    asksForReasoning: fc.boolean(),
    background: fc.boolean(),
    images: mostly(0, 2),
    audioBytes: mostly(0, 11),
    documents: mostly<RequestFacts['documents']>([], [{ bytes: 100 }]),
    remoteReferences: mostly(0, 1),
  })
  .map((drawn) => sampleFacts(drawn as Partial<RequestFacts>))

const margins = fc.oneof(
  fc.constantFrom('0.2', '0', '-0.5', '1.234567').map((margin) => () => margin),
  fc.constantFrom('0.2', '3').map((margin) => (meter: Meter) => (meter === 'input' ? margin : '0.1')),
)

describe('the plain bound', () => {
  it('is the full one in all that it says, for any request', () => {
    const at = fc.constantFrom(now, Date.parse('2025-06-01'))
    const seen = { plain: 0, full: 0 }
    fc.assert(
      fc.property(
        fc.oneof(invented, listed),
        fc.array(facts, { minLength: 1, maxLength: 4 }),
        fc.record({ marginOf: margins, at, allowUnbounded: fc.boolean() }),
        (rates, requests, shared) => {
          // Several requests to one model, so that prices which were remembered for one are found by the next.
          for (const request of requests) {
            const options = optionsOf({ rates, facts: request, ...shared })
            seen[boundPlain(options) === undefined ? 'full' : 'plain']++
            expect(told(boundRequest(options))).toEqual(told(boundInFull(options)))
          }
        },
      ),
      { numRuns: 3_000, seed: 20_261_120 },
    )
    expect(Math.min(seen.plain, seen.full)).toBeGreaterThan(500)
  })

  it.each([
    { rule: 'text', options: {} },
    { rule: 'tools of the client', options: { facts: sampleFacts({ hasTools: true }) } },
    { rule: 'a cache', options: { facts: sampleFacts({ cacheWrite: '1h' }) } },
    { rule: 'the standard tier', options: { facts: sampleFacts({ serviceTier: 'default' }) } },
    { rule: 'embeddings', options: { rates: sampleModel('e', [sampleRow({ input: '1' })], { maxOutput: 0 }) } },
  ])('is found for $rule', ({ options }) => {
    expect(boundPlain(optionsOf(options))?.ok).toBe(true)
  })

  const fast = sampleModel('m', [sampleRow({ input: '1', output: '1', request: '2' })])
  it.each([
    { rule: 'an alternative', options: { alternatives: [sampleHaiku] } },
    { rule: 'models that add up', options: { facts: sampleFacts({ fallbacksAddUp: true, fallbackModels: ['x'] }) } },
    { rule: 'an image', options: { facts: sampleFacts({ images: 1 }) } },
    { rule: 'what is not shown', options: { facts: sampleFacts({ remoteReferences: 1 }) } },
    { rule: 'a server tool', options: { facts: sampleFacts({ serverTools: [{ type: 'web_search_20250305' }] }) } },
    { rule: 'audio out', options: { facts: sampleFacts({ outputModalities: ['text', 'audio'] }) } },
    { rule: 'a tier by name', options: { facts: sampleFacts({ serviceTier: 'priority' }) } },
    { rule: 'a fee for each request', options: { rates: fast } },
    { rule: 'margins that differ', options: { marginOf: (meter: Meter) => (meter === 'input' ? '1' : '0') } },
    { rule: 'a million dollars', options: { facts: sampleFacts({ maxOutputTokens: 1e13 }) } },
    { rule: 'a million with the margin', options: { facts: sampleFacts({ maxOutputTokens: 1.8e11 }) } },
  ])('is left to the full one for $rule', ({ options }) => {
    expect(boundPlain(optionsOf(options))).toBeUndefined()
  })

  it('tells a context band from the next, whichever came first', () => {
    const rows = [sampleRow({ input: '1' }), sampleRow({ input: '2' }, { inputAbove: 250 })]
    const nanosOf = (sizes: readonly number[]) => {
      const rates = sampleModel('m', rows, { maxOutput: 0 })
      return sizes.map((textBytes) => boundPlain(optionsOf({ rates, facts: sampleFacts({ textBytes }) }))?.listNanos)
    }
    expect(nanosOf([200, 201])).toEqual([250_000n, 502_000n])
    expect(nanosOf([201, 200])).toEqual([502_000n, 250_000n])
  })

  it('follows lists that come into force, and ones that end', () => {
    const rates = sampleModel('m', [
      sampleRow({ input: '1', output: '1' }, { effectiveUntil: '2026-03-01' }),
      sampleRow({ input: '2', output: '2' }, { effectiveFrom: '2026-03-01' }),
    ])
    const nanosAt = (day: string): bigint | undefined =>
      boundPlain(optionsOf({ rates, at: Date.parse(day) }))?.listNanos
    expect(['2026-02-28', '2026-03-01', '2026-02-28'].map(nanosAt)).toEqual([1_274_000n, 2_548_000n, 1_274_000n])
  })
})
