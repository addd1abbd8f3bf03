import type { BoundConstants } from '@vendo/integrations/providers'
import type { RequestFacts } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { type BoundOptions, boundRequest } from './bound.ts'
import { sampleFacts, sampleHaiku, sampleModel, sampleRow } from './sample-rates.ts'

const constants: BoundConstants = {
  imageTokens: 1_600,
  documentTokensPerByte: 1,
  audioTokensPerByte: 1,
  framingTokens: 0,
  toolPromptTokens: 0,
  serverTools: {
    web_search: { meter: 'web_search' },
    web_search_preview: { meter: 'web_search', mostUses: 1 },
    tool_search: { mostUses: 3 },
    code_execution: { meter: 'code_execution', mostUses: 2 },
    advisor: {},
    stepped: { limits: 'own' },
    unruly: { limits: 'none' },
    web_search_2027: { meter: 'web_search', waives: 'code_execution' },
  },
}
const opus = sampleModel('opus', [sampleRow({ input: '5', cache_write_1h: '10', output: '25' })], { maxOutput: 100 })

const attempt = (facts: Partial<RequestFacts>, options: Partial<BoundOptions> = {}) =>
  boundRequest({
    facts: sampleFacts(facts),
    rates: sampleHaiku,
    alternatives: [],
    modelRates: (model) => (model === 'opus' ? opus : undefined),
    bound: constants,
    at: Date.parse('2026-11-01'),
    marginOf: () => '0',
    allowUnbounded: false,
    ...options,
  })

const tool = (type: string, maxUses?: number, model?: string) => ({
  serverTools: [
    { type, ...(maxUses === undefined ? {} : { maxUses }), ...(model === undefined ? {} : { models: [model] }) },
  ],
})

const shared = (type: string) => ({ serverTools: [{ type, sharedMaxUses: 2 }] })

describe('server tools', () => {
  it.each([
    { rule: 'the limit of all tools', facts: shared('web_search_20250305'), passes: 3, fee: { web_search: 2 } },
    { rule: 'its own limit alone', facts: tool('stepped', 1), passes: 2, fee: {} },
    { rule: 'its own limit', facts: tool('web_search_20250305', 2), passes: 3, fee: { web_search: 2 } },
    { rule: 'the provider maximum', facts: tool('tool_search_tool_bm25', undefined), passes: 4, fee: {} },
    { rule: 'the smaller of both', facts: tool('tool_search_tool_bm25', 1), passes: 2, fee: {} },
    { rule: 'the longest prefix', facts: tool('web_search_preview_2025'), passes: 2, fee: { web_search: 1 } },
    { rule: 'no use at all', facts: tool('web_search_20250305', 0), passes: 1, fee: {} },
    {
      rule: 'the sum of all tools',
      facts: { serverTools: [...tool('web_search_1', 2).serverTools, ...tool('tool_search').serverTools] },
      passes: 6,
      fee: { web_search: 2 },
    },
  ])('read the whole window and answer once more for each use: $rule', ({ facts, passes, fee }) => {
    expect(attempt(facts)).toMatchObject({
      ok: true,
      quantities: { input: passes * 200_000, output: passes * 1_024, ...fee },
    })
  })

  it('add the fees', () => {
    const [with2, with3] = [2, 3].map((uses) => attempt(tool('web_search_20250305', uses)))
    const pass = 200_000n * 1_000n + 1_024n * 5_000n
    expect(with3?.ok && with2?.ok && with3.listNanos - with2.listNanos).toBe(pass + 10_000_000n)
  })

  it('hold no fee that another tool waives', () => {
    const both = { serverTools: [...tool('web_search_20270101', 1).serverTools, { type: 'code_execution_2026' }] }
    expect(attempt(both)).toMatchObject({ quantities: { web_search: 1 }, waived: ['code_execution'] })
    expect(attempt(both)).not.toHaveProperty('quantities.code_execution')
  })

  it('bring every model that they call', () => {
    const panel = attempt({ serverTools: [{ type: 'advisor_1', maxUses: 2, models: ['opus', 'opus'] }] })
    expect(panel.ok && panel.lines().find(({ rateUsd }) => rateUsd === '10')?.quantity).toBe(800_000)
  })

  it('reach a context band by what all passes read together', () => {
    const banded = sampleModel('m', [
      sampleRow({ input: '1', output: '1' }),
      sampleRow({ input: '2', output: '2' }, { inputAbove: 300_000 }),
    ])
    const bound = attempt(tool('tool_search', 1), { rates: banded })
    expect(bound.ok && bound.lines()[0]?.rateUsd).toBe('2')
  })

  it('bring the whole window and output of a model that they call, at its dearest', () => {
    const bound = attempt(tool('advisor_20260301', 2, 'opus'))
    expect(bound.ok && bound.lines().map(({ meter, quantity, rateUsd }) => [meter, quantity, rateUsd])).toEqual([
      ['input', 600_000, '1'],
      ['output', 3_072, '5'],
      ['cache_write_1h', 400_000, '10'],
      ['output', 200, '25'],
    ])
  })

  it.each([
    { rule: 'without any limit', facts: tool('web_search_20250305') },
    { rule: 'that nobody knows', facts: tool('quantum_oracle_2027', 1) },
    { rule: 'with a limit of all tools that counts something else', facts: shared('stepped') },
    {
      rule: 'with limits that nobody keeps to',
      facts: { serverTools: [{ type: 'unruly', maxUses: 1, sharedMaxUses: 1 }] },
    },
    { rule: 'with a limit that is none', facts: tool('web_search_20250305', Number.POSITIVE_INFINITY) },
    { rule: 'with a limit below nought', facts: tool('web_search_20250305', -1) },
  ])('$rule are refused, by name', ({ facts }) => {
    const refusal = attempt(facts)
    expect(refusal).toMatchObject({ ok: false, code: 'request_unbounded' })
    expect(!refusal.ok && refusal.message).toContain(facts.serverTools[0]!.type)
  })

  it.each([
    { rule: 'five uses are assumed', facts: tool('web_search_20250305'), uses: 5 },
    { rule: 'its own limit counts where there is one', facts: tool('quantum_oracle_2027', 7), uses: 7 },
  ])('are held for a key that allows them: $rule', ({ facts, uses }) => {
    expect(attempt(facts, { allowUnbounded: true })).toMatchObject({ quantities: { input: (uses + 1) * 200_000 } })
  })
})

describe('missing rates', () => {
  const textOnly = sampleModel('text', [sampleRow({ input: '1', cache_write_5m: '1.25', output: '5' })])
  it.each([
    { missing: 'input', facts: {}, rates: sampleModel('m', [sampleRow({ output: '1' })]) },
    { missing: 'output', facts: {}, rates: sampleModel('m', [sampleRow({ input: '1' })]) },
    {
      missing: 'input',
      facts: {},
      rates: sampleModel('m', [sampleRow({ input: '1' }, { effectiveFrom: '2027-01-01' })]),
    },
    { missing: 'input_audio', facts: { audioBytes: 1 } },
    { missing: 'output_audio', facts: { outputModalities: ['audio'] as const } },
    { missing: 'output_image', facts: { outputModalities: ['image'] as const } },
    { missing: 'cache_write_1h', facts: { cacheWrite: '1h' as const } },
    { missing: 'web_search', facts: tool('web_search_20250305', 1) },
    { missing: 'code_execution', facts: tool('code_execution_20250825') },
    { missing: 'priority', facts: { serviceTier: 'priority' } },
    { missing: 'fast', facts: { speed: 'fast' } },
    { missing: 'us', facts: { region: 'us' } },
  ])('of $missing are refused, by name', ({ missing, facts, rates = textOnly }) => {
    expect(attempt(facts, { rates })).toEqual({
      ok: false,
      code: 'model_unpriced',
      message: `There is no rate for "${missing}" of the model "${rates.model}".`,
    })
  })

  it('of an alternative, or of a model that a tool calls, are refused as well', () => {
    const alternatives = [sampleModel('other', [sampleRow({ output: '1' })])]
    expect(attempt({}, { alternatives })).toMatchObject({ code: 'model_unpriced' })
    expect(attempt(tool('advisor_20260301', 1, 'unknown'))).toMatchObject({ code: 'model_unpriced' })
    expect(attempt(tool('advisor_20260301', 1, 'unknown'), { allowUnbounded: true })).toMatchObject({ ok: false })
  })

  it('beside the plain ones are held without by a key that allows it', () => {
    expect(attempt({ audioBytes: 1, serviceTier: 'flex' }, { rates: textOnly, allowUnbounded: true }).ok).toBe(true)
  })

  it('of long cache writes do not matter to a model that writes none', () => {
    const uncached = sampleModel('m', [sampleRow({ input: '1', output: '1' })])
    expect(attempt({ cacheWrite: '1h' }, { rates: uncached }).ok).toBe(true)
  })
})

describe('absurd requests', () => {
  it.each([
    { rule: 'answers', facts: { choices: 1e300 } },
    { rule: 'uses', facts: tool('web_search_20250305', 1e15) },
    { rule: 'answers without end', facts: { choices: Number.POSITIVE_INFINITY } },
  ])('for $rule beyond any budget are refused and not held', ({ facts }) => {
    expect(attempt(facts)).toMatchObject({ ok: false, code: 'request_unbounded' })
  })

  it('cost nothing on a model that is free, and are counted as far as numbers go', () => {
    const free = sampleModel('free', [sampleRow({ input: '0', output: '0' })])
    expect(attempt({ choices: 1e300 }, { rates: free })).toMatchObject({
      listNanos: 0n,
      tokens: Number.MAX_SAFE_INTEGER,
    })
  })
})
