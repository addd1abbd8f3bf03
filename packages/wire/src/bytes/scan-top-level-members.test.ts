import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from './ascii.ts'
import { scanTopLevelMembers } from './scan-top-level-members.ts'

const membersOf = (json: string) => {
  const bytes = encodeText(json)
  return scanTopLevelMembers(bytes)?.members.map(({ key, keyStart, valueStart, valueEnd }) => ({
    key,
    atQuote: bytes[keyStart] === 0x22,
    value: decodeText(bytes.subarray(valueStart, valueEnd)),
  }))
}

describe('scanTopLevelMembers', () => {
  it('finds exactly the members that JSON.parse sees', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2, '\t'), (object, space) => {
        const json = JSON.stringify(object, null, space)
        const found = membersOf(json)
        expect(found?.every(({ atQuote }) => atQuote)).toBe(true)
        const rebuilt = found?.map(({ key, value }) => [key, JSON.parse(value)])
        expect(rebuilt).toEqual(Object.entries(JSON.parse(json)))
      }),
      { numRuns: 300 },
    )
  })

  it('names keys that occur twice, also when one is written with an escape', () => {
    expect(scanTopLevelMembers(encodeText('{"a":1,"\\u0061":2,"b":{"a":3}}'))?.duplicates).toEqual(['a'])
  })

  it.each([
    ['nothing', ''],
    ['a list', '[1]'],
    ['a number', '1'],
    ['null', 'null'],
    ['a cut object', '{"a":1'],
    ['a cut string', '{"a":"1}'],
    ['a cut nested value', '{"a":{"b":1}'],
    ['wrong brackets', '{"a":[1}}'],
    ['bytes after the end', '{"a":1} x'],
    ['two objects', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['no colon', '{"a" 1}'],
    ['a bare key', '{a:1}'],
    ['no value', '{"a":}'],
    ['an unknown escape in a key', '{"\\q":1}'],
    ['hostile nesting', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['HTML', '<html></html>'],
  ])('refuses %s', (_, json) => {
    expect(scanTopLevelMembers(encodeText(json))).toBeUndefined()
  })
})
