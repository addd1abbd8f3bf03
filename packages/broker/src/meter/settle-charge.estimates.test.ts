import type { UsageReading } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { boundRequest, type RequestBound } from './bound.ts'
import { createRateBook } from './rate-book.ts'
import { sampleFacts, sampleHaiku, sampleRow } from './sample-rates.ts'
import { type ChargeOptions, chargeFor } from './settle-charge.ts'

const at = Date.parse('2026-11-01')
const marginOf = () => '0.2'
const constants = {
  imageTokens: 1,
  documentTokensPerByte: 1,
  audioTokensPerByte: 1,
  framingTokens: 50,
  toolPromptTokens: 0,
  serverTools: {},
}
const boundOf = (facts: Parameters<typeof sampleFacts>[0] = {}, shownOutput: readonly string[] = []): RequestBound =>
  boundRequest({
    facts: sampleFacts(facts),
    rates: sampleHaiku,
    alternatives: (facts?.fallbackModels ?? []).map(() => sampleHaiku),
    modelRates: () => undefined,
    bound: { ...constants, shownOutput },
    at,
    marginOf,
    allowUnbounded: false,
  }) as RequestBound

const cut: UsageReading = {
  usage: { quantities: { input: 100, output: 1 } },
  served: {},
  complete: false,
  final: false,
  pending: false,
  failed: false,
  flags: [],
  visibleOutputBytes: 40,
}

const charge = (bound: RequestBound, options: Partial<ChargeOptions> = {}) =>
  chargeFor({
    reading: cut,
    status: 200,
    end: 'client_gone',
    bound,
    rates: sampleHaiku,
    requestModel: 'claude-haiku-4-5',
    integration: 'anthropic',
    rateBook: createRateBook({ tables: [{ provider: 'anthropic', models: [sampleHaiku] }], overrides: [] }),
    reportsCost: false,
    marginOf,
    at,
    byok: false,
    ...options,
  })

describe('a call that breaks off', () => {
  it('costs the output that was seen, where all output shows', () => {
    expect(charge(boundOf({}, ['claude-haiku']))).toMatchObject({ flags: [], quantities: { input: 100, output: 40 } })
  })

  it.each([
    ['by a model that is not known to show all its output', boundOf()],
    ['after reasoning was asked for', boundOf({ asksForReasoning: true }, ['claude-haiku'])],
  ])('costs the held output, and is flagged, %s', (_rule, bound) => {
    expect(charge(bound)).toMatchObject({
      state: 'estimated',
      reason: 'client_gone',
      flags: ['output_unseen'],
      quantities: { input: 100, output: 1_024 },
      listNanos: 100_000n + 1_024n * 5_000n,
    })
  })

  it('is settled exactly where its usage came before', () => {
    expect(charge(boundOf(), { reading: { ...cut, final: true } })).toMatchObject({ state: 'actual', flags: [] })
  })

  it('costs the hold where several models may have answered', () => {
    const bound = boundOf({ fallbacksAddUp: true, fallbackModels: ['claude-haiku-4-5'] }, ['claude-haiku'])
    expect(charge(bound)).toMatchObject({ state: 'estimated', listNanos: bound.listNanos, lines: bound.lines() })
  })

  it('costs the hold while it works on in the background, cut before its first event or not', () => {
    const { usage: _, ...unread } = cut
    const bound = boundOf({ background: true })
    for (const reading of [cut, { ...unread, visibleOutputBytes: 0 }]) {
      expect(charge(bound, { reading })).toMatchObject({ reason: 'background', listNanos: bound.listNanos })
    }
  })
})

describe('a call without a byte of an answer', () => {
  it.each([
    ['upstream_died', ['refundable']],
    ['timeout', []],
    ['client_gone', []],
  ] as const)('costs its hold: %s %j', (end, flags) => {
    const bound = boundOf()
    const settled = charge(bound, { reading: undefined, status: null, end })
    expect(settled).toMatchObject({ state: 'estimated', reason: end, flags, walletNanos: bound.chargeNanos })
  })
})

describe('work in the background', () => {
  it('is settled at the hold whatever was served, not at what was seen', () => {
    const bound = boundOf({ background: true })
    const flex = { input: '0.5', output: '2.5' }
    const rates = { ...sampleHaiku, rates: [...sampleHaiku.rates, sampleRow(flex, { tier: 'flex' })] }
    const served = { model: 'claude-haiku-4-5', serviceTier: 'flex' }
    const reading: UsageReading = { ...cut, pending: true, served }
    expect(charge(bound, { reading, rates, end: 'complete' })).toMatchObject({
      state: 'estimated',
      reason: 'background',
      walletNanos: bound.chargeNanos,
      listNanos: bound.listNanos,
      lines: bound.lines(),
    })
  })
})

describe('an answer that does not tell one of its sides', () => {
  const whole: UsageReading = { ...cut, complete: true, final: true }

  it('is an estimate: of untold output what was seen, or what was held', () => {
    const reading: UsageReading = { ...whole, usage: { quantities: { input: 100 } }, untold: ['output'] }
    const shown = charge(boundOf({}, ['claude-haiku']), { reading, end: 'complete' })
    expect(shown).toMatchObject({ state: 'estimated', reason: 'no_usage', quantities: { input: 100, output: 40 } })
    const hidden = charge(boundOf(), { reading, end: 'complete' })
    expect(hidden).toMatchObject({ flags: ['output_unseen'], quantities: { input: 100, output: 1_024 } })
  })

  it('is an estimate: of untold input what was held, beside the output that was told', () => {
    const reading: UsageReading = { ...whole, usage: { quantities: { input: 3, output: 7 } }, untold: ['input'] }
    const settled = charge(boundOf(), { reading, end: 'complete' })
    expect(settled).toMatchObject({ state: 'estimated', reason: 'no_usage', flags: [], quantities: { output: 7 } })
    expect(settled.quantities.input).toBe(boundOf().quantities.input)
  })
})

describe('a failed answer without usage', () => {
  const { usage: _, ...unread } = cut
  const failed: UsageReading = { ...unread, complete: true, failed: true }

  it.each([
    ['after visible output costs that output', boundOf({}, ['claude-haiku']), failed, { output: 40 }, []],
    [
      'after visible output costs the held output where some may be hidden',
      boundOf(),
      failed,
      { output: 1_024 },
      ['output_unseen'],
    ],
    ['before any output costs nothing', boundOf(), { ...failed, visibleOutputBytes: 0 }, {}, []],
  ] as const)('%s', (_rule, bound, reading, quantities, flags) => {
    const settled = charge(bound, { reading, end: 'complete' })
    expect(settled).toMatchObject({ flags, quantities })
    expect([settled.state, settled.reason]).toEqual(
      reading.visibleOutputBytes === 0 ? ['actual', null] : ['estimated', 'upstream_died'],
    )
  })
})

describe('what no ledger can hold', () => {
  const whole: UsageReading = { ...cut, complete: true, final: true }
  const huge = 9_007_199_254_740_991
  const usageOf = (quantities: object): UsageReading => ({ ...whole, usage: { quantities } })
  const costOf = (reportedCostUsd: string): UsageReading => ({ ...whole, usage: { quantities: {}, reportedCostUsd } })

  it.each([
    ['a count', usageOf({ input: huge, output: 1 }), false],
    ['a sum of counts', usageOf({ input: huge, cache_read: huge, output: 1 }), false],
    ['a count beyond exact numbers', { ...usageOf({}), flags: ['usage_out_of_range:output_tokens'] }, false],
    ['counts of another pass', { ...whole, extraUsage: [{ kind: 'compaction', quantities: { input: huge } }] }, false],
    ['a cost', costOf('1000000000.01'), true],
    ['a cost of many digits', costOf(`1${'0'.repeat(300)}`), true],
    ['a cost that is no amount', { ...costOf('1'), flags: ['bad_usage_value:cost'] }, true],
  ] as const)('is settled at the hold and flagged: %s', (_rule, reading, reportsCost) => {
    const bound = boundOf()
    for (const byok of [false, true]) {
      const settled = charge(bound, { reading: reading as UsageReading, end: 'complete', reportsCost, byok })
      expect(settled).toMatchObject({
        state: 'estimated',
        reason: 'out_of_range',
        walletNanos: byok ? 0n : bound.chargeNanos,
        spendNanos: byok ? bound.listNanos : bound.chargeNanos,
        listNanos: bound.listNanos,
        quantities: bound.quantities,
        tokens: bound.tokens,
      })
      expect(settled.flags).toContain('out_of_range')
    }
  })

  it('is no correction', () => {
    const settled = charge(boundOf(), { reading: usageOf({ input: huge }), end: 'complete', bound: undefined })
    expect(settled).toMatchObject({ state: 'estimated', reason: 'out_of_range', walletNanos: 0n })
  })
})
