import { describe, expect, it } from 'vitest'
import type { RawObject } from './answer-state.ts'
import { checkUsage, defineUsageKeys } from './token-count.ts'

const keys = defineUsageKeys({ input: 'count', cost: 'known', details: { cached: 'count' }, extras: 'known' })

const rules: readonly [rule: string, usage: RawObject, unknown: readonly string[], bad: readonly string[]][] = [
  ['known counts are no finding', { input: 1, details: { cached: 0 } }, [], []],
  ['a number that is known may be anything', { cost: 0.01, extras: { fee: 3 } }, [], []],
  ['a number that nobody knows is', { input: 1, other: 2 }, ['unknown_usage_key:other'], []],
  ['unless it is zero, or no number', { other: 0, more: 'x', list: [1], none: null }, [], []],
  [
    'inside objects too',
    { details: { other: 2 }, new: { deep: { a: 1 } } },
    ['unknown_usage_key:details.other', 'unknown_usage_key:new.deep.a'],
    [],
  ],
  ['a number in the place of known details is', { details: 5 }, ['unknown_usage_key:details'], []],
  [
    'a known count that is none is bad',
    { input: -1, details: { cached: 1.5 } },
    [],
    ['bad_usage_value:input', 'bad_usage_value:details.cached'],
  ],
  [
    'so are texts, lists and flags',
    { input: '1', details: { cached: [1] } },
    [],
    ['bad_usage_value:input', 'bad_usage_value:details.cached'],
  ],
  [
    'a count beyond what a number holds exactly is out of range',
    { input: 2 ** 53, details: { cached: Number.POSITIVE_INFINITY } },
    [],
    ['usage_out_of_range:input', 'usage_out_of_range:details.cached'],
  ],
  ['null is absent', { input: null, details: null }, [], []],
]

describe('checkUsage', () => {
  it.each(rules)('%s', (_rule, usage, unknown, bad) => {
    expect(checkUsage(usage, keys)).toEqual({ unknown, bad })
  })
})
