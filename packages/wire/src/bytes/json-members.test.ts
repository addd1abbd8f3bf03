import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from './ascii.ts'
import { type JsonMembers, parseMembers } from './json-members.ts'
import { scanTopLevelMembers } from './scan-top-level-members.ts'

const members = (json: string): JsonMembers => {
  const found = parseMembers(encodeText(json))
  if (found === undefined) throw new Error(`no members in ${json}`)
  return found
}

const anyObject = fc.dictionary(fc.string(), fc.jsonValue())
const anySpace = fc.constantFrom(undefined, 2, '\t')

/** Pieces that make JSON, and what is nearly JSON. */
const piece = fc.oneof(
  fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\"', '\\u0061', '\\q', ' ', '\n', '1', '-2.5e3', 'null'),
  fc.constantFrom('"a"', '"a":1', '"ü":"ü"', '"b\\"":{"a":[{}]}', '{"a":1}', '\uFEFF', '\u2028', 'ü'),
)

describe('JsonMembers', () => {
  it('gives what JSON.parse gives, member by member', () => {
    fc.assert(
      fc.property(anyObject, anySpace, (object, space) => {
        const json = JSON.stringify(object, null, space)
        const found = members(json)
        for (const [key, value] of Object.entries(JSON.parse(json) as object)) {
          expect(found.get(key)).toEqual(value)
          expect(JSON.parse(found.literal(key) ?? '')).toEqual(value)
        }
        expect(found.get('no such key')).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('takes the same texts for objects, with the same members, as the scan of bytes', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, inObject) => {
        const json = inObject ? `{${pieces.join('')}}` : pieces.join('')
        const bytes = encodeText(json)
        const scan = json.startsWith('\uFEFF') ? undefined : scanTopLevelMembers(bytes)
        const found = json.startsWith('\uFEFF') ? undefined : parseMembers(bytes)
        expect(found === undefined).toBe(scan === undefined)
        for (const { key, valueStart, valueEnd } of new Map(
          scan?.members.map((member) => [member.key, member]),
        ).values())
          expect(found?.literal(key)).toBe(decodeText(bytes.subarray(valueStart, valueEnd)))
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['an escape in a key', '{"mod\\u0065l":"m"}', 'm'],
    ['the last of two', '{"model":"a","model":"b"}', 'b'],
    ['nothing of a key inside', '{"a":{"model":"b"}}', undefined],
    ['nothing of a value that looks like it', '{"a":"model","b":"\\"model\\":1"}', undefined],
    ['no empty string', '{"model":""}', undefined],
    ['no other value', '{"model":["a"]}', undefined],
    ['no string that is none', '{"model":"a\nb"}', undefined],
  ])('text gives %s', (_rule, json, text) => {
    expect(members(json).text('model')).toBe(text)
  })

  it('reads the members of an object inside, and none of anything else', () => {
    const found = members(' {"a" : {"b":{"c":"d"}} , "e":[1], "f":"{}"} ')
    expect(found.object('a')?.object('b')?.text('c')).toBe('d')
    expect([found.object('e'), found.object('f'), found.object('g')]).toEqual([undefined, undefined, undefined])
  })

  it.each([
    ['"error"', true],
    ['"\\u0065rror"', true],
    ['"\\u0065\\u0072ror"', true],
    ['"errors"', false],
    ['"terror"', false],
    ['"err\\nor"', false],
    ['["error"]', false],
    ['7', false],
  ])('%s is `error`: %s', (value, same) => {
    expect(members(`{"type":${value}}`).is('type', 'error')).toBe(same)
  })

  it('knows for certain that a value does not hold a word', () => {
    const word = 'tool_use'
    const spelled = fc.constantFrom(word, 'tool\\u005fuse', 'tool_us', 'x', 'a\\"b', 'ü')
    fc.assert(
      fc.property(fc.array(spelled), (words) => {
        const json = `{"before":"${word}","content":[{"text":"${words.join('')}"}]}`
        if (members(json).mayHold('content', ['other', word])) return
        expect(JSON.stringify(members(json).get('content'))).not.toContain(word)
      }),
    )
    expect(members('{"content":"plain"}').mayHold('content', [word])).toBe(false)
    expect(members('{"content":"a tool_use"}').mayHold('content', [word])).toBe(true)
    expect(members(`{"other":"${word}"}`).mayHold('content', [word])).toBe(false)
  })
})
