import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countMembers } from './count-members.ts'

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

describe('countMembers', () => {
  it.each([
    ['{}', 0],
    ['{"a":1,"b":[{"c":1}]}', 2],
    ['{"a":1,"a":2}', 2],
    ['{"a":{"b":1,"b":{"c":1}}}', 3],
    ['{"a":"\\"b\\":1","c\\\\":{}}', 2],
    ['{"ü:":"’","b":":"}', 2],
  ])('%s has %i', (json, count) => {
    expect(countMembers(json)).toBe(count)
  })

  it('counts as many as the parsed object has, at its top and one level below', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), (object, space) => {
        const json = JSON.stringify(object, null, space)
        const values = Object.values(JSON.parse(json) as object)
        const inside = values.filter(isObject).reduce((sum, value) => sum + Object.keys(value).length, 0)
        expect(countMembers(json)).toBe(values.length + inside)
      }),
    )
  })

  it('does not look through hostile nesting', () => {
    expect(countMembers(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toBe(-1)
  })
})
