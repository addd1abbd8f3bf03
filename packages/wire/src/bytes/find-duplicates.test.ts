import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDuplicates } from './find-duplicates.ts'

describe('findDuplicates', () => {
  it.each<[string, readonly string[]]>([
    ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"tools":[{},{"type":"x","type":"y"}]}', ['tools[1].type']],
    ['{"m":[[1,{"c":[{"t":1,"s":{"u":1,"u":2}}]}]]}', ['m[0][1].c[0].s.u']],
    ['{"a":"\\"a\\":1,","b":"a"}', []],
    ['{ "a" : [ "a" , "a" ] , "a" : 1 }', ['a']],
    ['{"":1,"":2}', ['']],
  ])('%s: %j', (json, paths) => {
    expect(findDuplicates(json)).toEqual(paths)
  })

  it('finds none in what was written from a value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
        expect(findDuplicates(JSON.stringify(value, null, space))).toEqual([])
      }),
    )
  })

  it('names few, and not those that are too deep to name', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `"k${index}":1,"k${index}":2`)
    expect(findDuplicates(`{${many.join()}}`)).toHaveLength(1_001)
    expect(findDuplicates(`{"a":${'['.repeat(900)}{"b":1,"b":2}${']'.repeat(900)}}`)?.[0]).toMatch(/^a(\[0\]){39}\.…$/)
    expect(findDuplicates(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)).toBe(undefined)
  })
})
