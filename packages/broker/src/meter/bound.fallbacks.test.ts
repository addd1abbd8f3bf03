import type { RequestFacts } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { type BoundOptions, boundRequest, type RequestBound } from './bound.ts'
import { sampleFacts, sampleHaiku, sampleModel, sampleRow } from './sample-rates.ts'

const opus = sampleModel('claude-opus-4-8', [sampleRow({ input: '5', output: '25' })])
const constants = {
  imageTokens: 1,
  documentTokensPerByte: 1,
  audioTokensPerByte: 1,
  framingTokens: 0,
  toolPromptTokens: 0,
  serverTools: { search: {} },
}

const attempt = (facts: Partial<RequestFacts>, options: Partial<BoundOptions> = {}) =>
  boundRequest({
    facts: sampleFacts(facts),
    rates: sampleHaiku,
    alternatives: [opus],
    modelRates: () => undefined,
    bound: constants,
    at: Date.parse('2026-11-01'),
    marginOf: () => '0',
    allowUnbounded: false,
    ...options,
  }) as RequestBound

describe('models that may serve instead', () => {
  it('count as the dearest of them', () => {
    expect(attempt({ fallbackModels: ['claude-opus-4-8'] }).listNanos).toBe(200n * 5_000n + 1_024n * 25_000n)
  })
})

describe('models that may answer one after the other', () => {
  const facts = { fallbackModels: ['claude-opus-4-8'], fallbacksAddUp: true }
  // Each reads the request and what the other wrote before it declined.
  const perToken = 5_000n + 1_000n + 25_000n + 5_000n
  const total = 200n * 1_000n + 200n * 5_000n + 1_024n * perToken

  it('add up, each reading what the others wrote', () => {
    const bound = attempt(facts)
    expect(bound).toMatchObject({ listNanos: total, chargeNanos: total, tokens: 4 * 1_024 + 400 })
    expect(bound.quantities).toEqual({ input: 2 * 1_224, output: 2 * 1_024 })
    expect(bound.lines().reduce((sum, line) => sum + line.chargeNanos, 0n)).toBe(total)
  })

  it.each(['list', 'charge'] as const)('fit an amount with an output limit that really fits: %s', (basis) => {
    const bound = attempt(facts, { marginOf: () => '0.2' })
    const available = bound.listNanos / 2n
    const fitting = bound.fittingMaxOutput(available, basis)!
    const amount = (maxOutputTokens: number) => {
      const smaller = attempt({ ...facts, maxOutputTokens }, { marginOf: () => '0.2' })
      return basis === 'list' ? smaller.listNanos : smaller.chargeNanos
    }
    expect(amount(fitting)).toBeLessThanOrEqual(available)
    expect(amount(fitting + 2)).toBeGreaterThan(available)
  })
})

describe('a fee for each request', () => {
  const priced = sampleModel('m', [sampleRow({ input: '0', output: '0', request: '0.01' })])

  it('is held once without tools', () => {
    expect(attempt({}, { rates: priced, alternatives: [] })).toMatchObject({
      listNanos: 10_000_000n,
      quantities: { request: 1 },
    })
  })

  it('is held for every pass of the model, and of the models that its tools call', () => {
    const tools = { serverTools: [{ type: 'search', maxUses: 3, models: ['other'] }] }
    expect(attempt(tools, { rates: priced, alternatives: [], modelRates: () => priced })).toMatchObject({
      quantities: { request: 4 + 3 },
    })
  })
})

describe('output that may be hidden', () => {
  const hides = (facts: Partial<RequestFacts>, shownOutput: readonly string[]) =>
    attempt(facts, { bound: { ...constants, shownOutput } }).hidesOutput

  it.each([
    ['every model is known to show all', {}, ['claude-haiku', 'claude-opus'], false],
    ['one may not', {}, ['claude-haiku'], true],
    ['nothing is known', {}, [], true],
    ['reasoning was asked for', { asksForReasoning: true }, ['claude'], true],
  ] as const)('%s', (_rule, facts, shownOutput, expected) => {
    expect(hides(facts, shownOutput)).toBe(expected)
  })
})
