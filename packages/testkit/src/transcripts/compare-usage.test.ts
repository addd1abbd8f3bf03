import { describe, expect, it } from 'vitest'
import type { ExpectedUsage } from '../expected-usage.ts'
import { compareUsage as compareLine, type MeteredUsage } from './compare-usage.ts'

const compareUsage = (counts: ExpectedUsage['counts'], usage: MeteredUsage, provider = 'anthropic') =>
  compareLine({ provider, id: 'test', counts }, usage)

const metered = (given: Partial<MeteredUsage>): MeteredUsage => ({
  quantities: {},
  reasoningTokens: null,
  flags: [],
  listNanos: 0n,
  ...given,
})

const exact = metered({
  quantities: { input: 17, cache_read: 100, cache_write_5m: 70, cache_write_1h: 20, output: 9, web_search: 1 },
  reasoningTokens: 4,
  flags: ['split_mismatch'],
})

const expected = {
  input_uncached: 17,
  cache_read: 100,
  cache_write_total: 90,
  cache_write_5m: 30,
  cache_write_1h: 20,
  output: 9,
  reasoning: 4,
  web_search: 1,
  web_fetch: 0,
  split_mismatch: true,
}

describe('compareUsage', () => {
  it('accepts the billed split of a total that the reported split does not explain', () => {
    expect(compareUsage(expected, exact)).toEqual([])
  })

  it.each(Object.keys(expected))('finds a difference in %s alone', (name) => {
    const consistent = { ...expected, cache_write_5m: 70, split_mismatch: false }
    const value = consistent[name as keyof typeof expected]
    const other = typeof value === 'boolean' ? !value : value + 1
    const problems = compareUsage({ ...consistent, [name]: other }, { ...exact, flags: [] })
    expect(problems.some((problem) => problem.startsWith(`usage ${name}: `))).toBe(true)
  })

  it.each([
    ['nothing metered', metered({})],
    ['an unexplained rest billed nowhere', { ...exact, quantities: { ...exact.quantities, cache_write_5m: 30 } }],
    ['a mismatch without its flag', { ...exact, flags: [] }],
  ])('fails on %s', (_, wrong) => {
    expect(compareUsage(expected, wrong)).not.toEqual([])
  })

  it('accepts a split that adds up only as it is', () => {
    const counts = { ...expected, cache_write_5m: 70, split_mismatch: false }
    expect(compareUsage(counts, { ...exact, flags: [] })).toEqual([])
    expect(compareUsage({ ...counts, cache_write_5m: 69 }, { ...exact, flags: [] })).toHaveLength(1)
  })

  it('accepts a total without any split', () => {
    const counts = { cache_write_total: 90, cache_write_5m: 0, cache_write_1h: 0, split_mismatch: false }
    expect(compareUsage(counts, metered({ quantities: { cache_write_5m: 90 } }))).toEqual([])
    expect(compareUsage(counts, metered({ quantities: { cache_write_5m: 89 } }))).toHaveLength(2)
  })

  it.each([
    ['anthropic', 8],
    ['openai-chat', 98],
    ['openrouter', 98],
  ])('knows whether the input count of %s has cache writes in it', (provider, count) => {
    const usage = metered({ quantities: { input: 8, cache_write_5m: 90 } })
    expect(compareUsage({ input_uncached: count }, usage, provider)).toEqual([])
    expect(compareUsage({ input_uncached: count - 1 }, usage, provider)).toHaveLength(1)
  })

  it('adds the disjoint audio and image meters to the class that contains them in the file', () => {
    const audio = metered({ quantities: { input: 17, input_audio: 25, output: 4, output_audio: 6 } })
    expect(compareUsage({ input_uncached: 42, output: 10, audio_in: 25 }, audio)).toEqual([])
    expect(compareUsage({ input_uncached: 17 }, audio)).toEqual(['usage input_uncached: expected 17, metered 42'])
  })

  it.each([
    [5e-5, 50_000n],
    [0.00341475, 3_414_750n],
    [1.4e-9, 1n],
    [2, 2_000_000_000n],
    [12.5, 12_500_000_000n],
    [0, 0n],
  ])('compares a reported cost of %s exactly', (cost, listNanos) => {
    expect(compareUsage({ reported_cost_usd: cost }, metered({ listNanos }))).toEqual([])
    expect(compareUsage({ reported_cost_usd: cost }, metered({ listNanos: listNanos + 1n }))).toHaveLength(1)
  })

  it('does not pass over a count that it does not know', () => {
    expect(compareUsage({ images_in: 0 }, metered({}))).toEqual([
      'usage images_in: this runner does not know how to compare it',
    ])
  })
})
