import type { UsageReading } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { boundRequest, type RequestBound } from './bound.ts'
import { createRateBook } from './rate-book.ts'
import { sampleFacts, sampleHaiku } from './sample-rates.ts'
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
