import type { Quantities } from '@vendo/contract'
import type { UsageReading } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { type EstimateOptions, estimateUsage, totalTokens, wasRefused } from './estimate.ts'

const shown = { hidesOutput: false, background: false }
const bound = { ...shown, quantities: { cache_write_5m: 900, output: 500, web_search: 3 } }

const reading = (facts: Partial<UsageReading> = {}): UsageReading => ({
  served: {},
  complete: false,
  final: false,
  pending: false,
  failed: false,
  flags: [],
  visibleOutputBytes: 0,
  ...facts,
})

const started = (quantities: Quantities, visibleOutputBytes: number) =>
  reading({ usage: { quantities }, visibleOutputBytes })

describe('estimateUsage', () => {
  it.each([
    { rule: 'nothing for a refusal', reading: reading(), status: 429, expected: {} },
    { rule: 'nothing for a redirect', reading: reading(), status: 302, expected: {} },
    { rule: 'nothing for an error before any output', reading: reading({ failed: true }), status: 200, expected: {} },
    { rule: 'the bound when nobody answered', reading: undefined, status: null, expected: bound.quantities },
    { rule: 'the bound without a head', reading: reading(), status: null, expected: bound.quantities },
    {
      rule: 'the bound in the background',
      reading: reading({ pending: true }),
      status: 200,
      expected: bound.quantities,
    },
    {
      rule: 'input and uses of the bound, and what was seen',
      reading: reading({ visibleOutputBytes: 40 }),
      status: 200,
      expected: { cache_write_5m: 900, output: 40, web_search: 3 },
    },
    {
      rule: 'no output where none was seen',
      reading: reading(),
      status: 200,
      expected: { cache_write_5m: 900, web_search: 3 },
    },
    {
      rule: 'never more output than the bound',
      reading: reading({ visibleOutputBytes: 9_999 }),
      status: 200,
      expected: { cache_write_5m: 900, output: 500, web_search: 3 },
    },
    {
      rule: 'input as reported, and the larger output',
      reading: started({ input: 70, cache_read: 30, output: 1 }, 40),
      status: 200,
      expected: { input: 70, cache_read: 30, output: 40 },
    },
    {
      rule: 'input of the bound where only output was reported',
      reading: started({ output: 90 }, 40),
      status: 200,
      expected: { cache_write_5m: 900, output: 90, web_search: 3 },
    },
    {
      rule: 'a reported nought as a nought',
      reading: started({ input: 0, output: 1 }, 0),
      status: 200,
      expected: { output: 1 },
    },
    {
      rule: 'output as reported where that is larger',
      reading: started({ input: 70, output: 90 }, 40),
      status: 200,
      expected: { input: 70, output: 90 },
    },
  ])('is $rule', ({ expected, ...call }) => {
    expect(estimateUsage({ bound, ...call })).toEqual(expected)
  })

  it('counts what was seen of an audio answer under the meter that was held', () => {
    const quantities = estimateUsage({
      bound: { ...shown, quantities: { input: 5, output_audio: 100 } },
      reading: started({ input: 5, output: 3, output_audio: 20 }, 60),
      status: 200,
    })
    expect(quantities).toEqual({ input: 5, output: 3, output_audio: 60 })
  })
})

describe('estimateUsage where output may be hidden', () => {
  const hiding = { ...bound, hidesOutput: true }
  const at = (read: UsageReading, of: EstimateOptions['bound'] = hiding) =>
    estimateUsage({ bound: of, reading: read, status: 200 })

  it.each([
    { rule: 'nothing was seen', read: started({ input: 70 }, 0) },
    { rule: 'text was seen', read: started({ input: 70 }, 40) },
    { rule: 'only the start of the stream told of output', read: started({ input: 70, output: 1 }, 40) },
  ])('holds on to the output of the bound: $rule', ({ read }) => {
    expect(at(read)).toEqual({ input: 70, output: 500 })
  })

  it('takes all the meters of the bound', () => {
    const quantities = { input: 5, output: 10, output_audio: 100 }
    expect(at(started({ input: 5 }, 1), { ...hiding, quantities })).toEqual(quantities)
  })

  it('believes a provider that counts reasoning while it answers', () => {
    const counted = { countsReasoning: true, visibleOutputBytes: 40 }
    const read = (output: number) => reading({ ...counted, usage: { quantities: { input: 7, output }, reasoning: 30 } })
    expect(at(read(80))).toEqual({ input: 7, output: 80 })
    expect(at(read(31))).toEqual({ input: 7, output: 70 })
  })
})

describe('estimateUsage of work in the background', () => {
  const working = { ...bound, background: true }
  it.each([
    { rule: 'cut before its first event', read: reading(), expected: bound.quantities },
    { rule: 'cut in between', read: started({ input: 7, output: 1 }, 4), expected: bound.quantities },
    { rule: 'an error before any output', read: reading({ failed: true }), expected: {} },
    {
      rule: 'an answer that ended',
      read: { ...started({ input: 7 }, 4), complete: true },
      expected: { input: 7, output: 4 },
    },
  ])('$rule', ({ read, expected }) => {
    expect(estimateUsage({ bound: working, reading: read, status: 200 })).toEqual(expected)
  })
})

describe('wasRefused', () => {
  it.each([
    { rule: 'usage of a refusal counts', call: { reading: started({ input: 1 }, 0), status: 400 }, refused: false },
    {
      rule: 'an error after output',
      call: { reading: reading({ failed: true, visibleOutputBytes: 1 }), status: 200 },
      refused: false,
    },
    { rule: 'no answer', call: { reading: undefined, status: null }, refused: false },
    { rule: 'an error status', call: { reading: undefined, status: 500 }, refused: true },
  ])('$rule: $refused', ({ call, refused }) => {
    expect(wasRefused(call)).toBe(refused)
  })
})

it('totalTokens counts tokens and no uses', () => {
  expect(totalTokens({ input: 1, cache_read: 2, output: 4, web_search: 8, request: 16 })).toBe(7)
})
