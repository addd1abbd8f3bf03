import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countMembers } from './count-members.ts'

const membersOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce<number>((sum, inner) => sum + membersOf(inner), own)
}

describe('countMembers', () => {
  it.each([
    ['{}', 0],
    ['{"a":1,"b":[{"c":1}]}', 3],
    ['{"a":1,"a":2}', 2],
    ['{"a":{"b":1,"b":{"c":1}}}', 4],
    ['{"a":"\\"b\\":1","c\\\\":{}}', 2],
    ['{"ü:":"’","b":":"}', 2],
  ])('%s has %i', (json, count) => {
    expect(countMembers(json)).toBe(count)
  })

  it('counts as many as the parsed object has, at any depth', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), (object, space) => {
        const json = JSON.stringify(object, null, space)
        expect(countMembers(json)).toBe(membersOf(JSON.parse(json)))
      }),
    )
  })

  it('does not look through hostile nesting', () => {
    expect(countMembers(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toBe(-1)
  })
})
