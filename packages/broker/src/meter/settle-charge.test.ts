import type { Served, Usage } from '@vendo/contract'
import type { UsageReading } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { boundRequest, type RequestBound } from './bound.ts'
import { createRateBook } from './rate-book.ts'
import { sampleFacts, sampleHaiku, sampleModel, sampleRow } from './sample-rates.ts'
import { type ChargeOptions, chargeFor } from './settle-charge.ts'

const at = Date.parse('2026-11-01')
const opus = sampleModel('claude-opus-4-8', [sampleRow({ input: '5', output: '25' })])
const marginOf = () => '0.2'

const bound = boundRequest({
  facts: sampleFacts(),
  rates: sampleHaiku,
  alternatives: [],
  modelRates: () => undefined,
  bound: {
    imageTokens: 1,
    documentTokensPerByte: 1,
    audioTokensPerByte: 1,
    framingTokens: 50,
    toolPromptTokens: 0,
    serverTools: {},
    shownOutput: ['claude-haiku-4'],
  },
  at,
  marginOf,
  allowUnbounded: false,
}) as RequestBound

const read = (usage: Usage | undefined, facts: Partial<UsageReading> = {}): UsageReading => ({
  ...(usage === undefined ? {} : { usage }),
  served: { model: 'claude-haiku-4-5-20251001' },
  complete: true,
  final: usage !== undefined && facts.complete !== false && facts.pending !== true,
  pending: false,
  failed: false,
  flags: [],
  visibleOutputBytes: 0,
  ...facts,
})

const charge = (reading: UsageReading | undefined, options: Partial<ChargeOptions> = {}) =>
  chargeFor({
    reading,
    status: 200,
    end: 'complete',
    bound,
    rates: sampleHaiku,
    requestModel: 'claude-haiku-4-5',
    integration: 'anthropic',
    rateBook: createRateBook({ tables: [{ provider: 'anthropic', models: [sampleHaiku, opus] }], overrides: [] }),
    reportsCost: false,
    marginOf,
    at,
    byok: false,
    ...options,
  })

const usage: Usage = { quantities: { input: 100, cache_read: 50, output: 10 }, reasoning: 4 }

describe('a call with its usage', () => {
  it('is settled exactly', () => {
    expect(charge(read(usage, { flags: ['split_mismatch'] }))).toEqual({
      state: 'actual',
      reason: null,
      flags: ['split_mismatch'],
      walletNanos: 186_000n,
      spendNanos: 186_000n,
      listNanos: 155_000n,
      cacheSavingsNanos: 45_000n,
      lines: [
        { meter: 'input', quantity: 100, rateUsd: '1', margin: '0.2', listNanos: 100_000n, chargeNanos: 120_000n },
        { meter: 'cache_read', quantity: 50, rateUsd: '0.1', margin: '0.2', listNanos: 5_000n, chargeNanos: 6_000n },
        { meter: 'output', quantity: 10, rateUsd: '5', margin: '0.2', listNanos: 50_000n, chargeNanos: 60_000n },
      ],
      quantities: usage.quantities,
      tokens: 160,
      reasoningTokens: 4,
      servedModel: 'claude-haiku-4-5-20251001',
    })
  })

  it('costs the wallet nothing on its own key, and the caps the list price', () => {
    const settled = charge(read(usage), { byok: true })
    expect(settled).toMatchObject({ state: 'actual', walletNanos: 0n, spendNanos: 155_000n, listNanos: 155_000n })
    expect(settled.lines.map(({ margin, chargeNanos }) => [margin, chargeNanos])).toEqual(Array(3).fill(['0', 0n]))
  })

  it('is priced by the model that served it', () => {
    expect(charge(read(usage, { served: { model: 'claude-opus-4-8' } })).flags).toEqual(['unpriced:cache_read'])
    const plain = { quantities: { input: 100, output: 10 } }
    expect(charge(read(plain, { served: { model: 'claude-opus-4-8' } })).listNanos).toBe(750_000n)
  })

  it('is settled above its hold where it really was, and flagged', () => {
    const settled = charge(read({ quantities: { input: 100, output: 5_000 } }))
    expect(settled).toMatchObject({ state: 'actual', flags: ['above_hold'], listNanos: 25_100_000n })
  })

  it('counts although the client left, once it was drained', () => {
    expect(charge(read(usage), { end: 'client_gone' })).toMatchObject({ state: 'actual', reason: null })
  })

  it('is settled at the cost that the provider reports, if it is one that does', () => {
    const reported = { ...usage, reportedCostUsd: '0.0001' }
    expect(charge(read(reported), { reportsCost: true })).toMatchObject({
      state: 'actual',
      listNanos: 100_000n,
      walletNanos: 120_000n,
      quantities: usage.quantities,
      lines: [{ meter: 'request', quantity: 1, rateUsd: '0.0001' }],
    })
    expect(charge(read(reported)).listNanos).toBe(155_000n)
    expect(charge(read(usage), { reportsCost: true }).listNanos).toBe(155_000n)
  })

  it('adds what the provider bills to a key of the operator', () => {
    const reading = read({ ...usage, reportedCostUsd: '0.000005' }, { upstreamCostUsd: '0.0001' })
    expect(charge(reading, { reportsCost: true })).toMatchObject({
      listNanos: 5_000n,
      walletNanos: 126_000n,
      spendNanos: 126_000n,
    })
    const own = charge(reading, { reportsCost: true, byok: true })
    expect(own).toMatchObject({ walletNanos: 0n, spendNanos: 105_000n })
    expect(charge(reading).listNanos).toBe(155_000n)
  })

  it('pays no fee that its request waives', () => {
    const coded: Usage = { quantities: { input: 100, code_execution: 2 } }
    const waived: RequestBound = { ...bound, waived: ['code_execution'] }
    expect(charge(read(coded)).flags).toEqual(['unpriced:code_execution'])
    expect(charge(read(coded), { bound: waived })).toMatchObject({
      state: 'actual',
      listNanos: 100_000n,
      quantities: { input: 100 },
    })
  })

  it('flags a reported cost above the hold', () => {
    const settled = charge(read({ quantities: {}, reportedCostUsd: '1' }), { reportsCost: true })
    expect(settled).toMatchObject({ state: 'actual', flags: ['above_hold'], listNanos: 1_000_000_000n })
  })

  it('includes other models of the call', () => {
    const extraUsage = [
      { kind: 'advisor_message', model: 'claude-opus-4-8', quantities: { input: 10, output: 1 } },
      { kind: 'compaction', quantities: { input: 3 } },
    ] as const
    const settled = charge(read(usage, { extraUsage }))
    expect(settled).toMatchObject({ state: 'actual', listNanos: 155_000n + 75_000n + 3_000n, tokens: 174 })
    expect(settled.quantities).toEqual(usage.quantities)
  })
})

describe('a quantity without a rate', () => {
  const unpriced = (served: Served, quantities: Usage['quantities'] = usage.quantities) =>
    charge(read({ quantities }, { served }))

  it.each([
    { rule: 'an unknown model', settled: unpriced({ model: 'claude-next' }), flag: 'served_model_unpriced' },
    { rule: 'an unlisted tier', settled: unpriced({ serviceTier: 'priority' }), flag: 'unpriced:input' },
    { rule: 'an unlisted meter', settled: unpriced({}, { input: 1, file_search: 1 }), flag: 'unpriced:file_search' },
    {
      rule: 'an unknown advisor',
      settled: charge(read(usage, { extraUsage: [{ kind: 'advisor_message', model: 'x', quantities: { input: 1 } }] })),
      flag: 'served_model_unpriced:x',
    },
  ])('$rule is flagged and settled at the hold, its quantities kept', ({ settled, flag }) => {
    expect(settled).toMatchObject({
      state: 'estimated',
      reason: 'unpriced',
      walletNanos: bound.chargeNanos,
      spendNanos: bound.chargeNanos,
      listNanos: bound.listNanos,
      lines: bound.lines(),
    })
    expect(settled.flags).toContain(flag)
    expect(settled.quantities['input']).toBeGreaterThan(0)
  })

  it('on its own key counts the held list price', () => {
    const settled = charge(read(usage, { served: { model: 'claude-next' } }), { byok: true })
    expect(settled).toMatchObject({ walletNanos: 0n, spendNanos: bound.listNanos, listNanos: bound.listNanos })
  })

  it('is no correction: without a hold it is not actual', () => {
    const settled = charge(read(usage, { served: { model: 'claude-next' } }), { bound: undefined })
    expect(settled).toMatchObject({ state: 'estimated', walletNanos: 0n, lines: [] })
  })
})

describe('a call cut between its usage and its end', () => {
  it.each(['client_gone', 'upstream_died', 'timeout', 'shutdown'] as const)('is settled exactly: %s', (end) => {
    const facts = { complete: false, final: true, visibleOutputBytes: 900 }
    const settled = charge(read({ quantities: { input: 3, output: 5 } }, facts), { end })
    expect(settled).toMatchObject({ state: 'actual', reason: null, quantities: { input: 3, output: 5 } })
  })
})

describe('a call without its usage', () => {
  const cut = { complete: false, visibleOutputBytes: 40 }
  it.each([
    { reason: 'no_usage', reading: read(undefined, { visibleOutputBytes: 40 }), options: {} },
    { reason: 'client_gone', reading: read(undefined, cut), options: { end: 'client_gone' } },
    { reason: 'upstream_died', reading: read(undefined, cut), options: { end: 'upstream_died' } },
    { reason: 'timeout', reading: read(undefined, cut), options: { end: 'timeout' } },
    { reason: 'shutdown', reading: read(undefined, cut), options: { end: 'shutdown' } },
    { reason: 'upstream_died', reading: read(undefined, { ...cut, failed: true }), options: {} },
    { reason: 'no_usage', reading: read({ quantities: {} }, { visibleOutputBytes: 40 }), options: {} },
  ] as const)('is estimated: $reason', ({ reason, reading, options }) => {
    const settled = charge(reading, options)
    expect(settled).toMatchObject({ state: 'estimated', reason, quantities: { output: 40 } })
    expect(settled.walletNanos > 0n && settled.walletNanos <= bound.chargeNanos).toBe(true)
  })

  it('uses what the start of a stream said', () => {
    const settled = charge(read({ quantities: { input: 100, output: 1 } }, cut), { end: 'client_gone' })
    expect(settled).toMatchObject({ state: 'estimated', quantities: { input: 100, output: 40 }, listNanos: 300_000n })
  })

  it.each([
    { reason: 'timeout', reading: undefined, options: { status: null, end: 'timeout' } },
    { reason: 'background', reading: read(undefined, { pending: true }), options: {} },
  ] as const)('is settled at the hold when nobody knows what happened: $reason', ({ reason, reading, options }) => {
    expect(charge(reading, options)).toMatchObject({
      state: 'estimated',
      reason,
      walletNanos: bound.chargeNanos,
      listNanos: bound.listNanos,
      quantities: bound.quantities,
    })
  })

  it('counts an explicit nought as one, and an unreported input as unknown', () => {
    const noughts = charge(read({ quantities: { input: 0, output: 0 } }))
    expect(noughts).toMatchObject({ state: 'actual', walletNanos: 0n, lines: [] })
    const unknown = charge(read({ quantities: { output: 3 } }))
    expect(unknown).toMatchObject({ state: 'estimated', reason: 'no_usage', quantities: { input: 250, output: 3 } })
  })

  it('is never settled above the hold', () => {
    const settled = charge(read({ quantities: { input: 9_000_000, output: 1 } }, cut), { end: 'upstream_died' })
    expect(settled).toMatchObject({ state: 'estimated', walletNanos: bound.chargeNanos, lines: bound.lines() })
  })

  it.each([
    { rule: 'an error status', reading: read(undefined, { complete: true }), options: { status: 529 } },
    { rule: 'an error status with an unread body', reading: undefined, options: { status: 400 } },
    { rule: 'an error event before any output', reading: read(undefined, { failed: true }), options: {} },
  ])('costs nothing when the upstream refused: $rule', ({ reading, options }) => {
    expect(charge(reading, options)).toMatchObject({
      state: 'actual',
      reason: null,
      walletNanos: 0n,
      spendNanos: 0n,
      lines: [],
      quantities: {},
    })
  })
})
