import { scanTopLevelMembers } from '@vendo/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonBody } from './parse-json-body.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** An object whose one member holds lists inside lists. */
const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

describe('parseJsonBody', () => {
  it('gives the members of an object', () => {
    expect(parseJsonBody(bytes(' {"model":"m","n":2} '))).toEqual({ model: 'm', n: 2 })
    expect(parseJsonBody(bytes(nested(900)))).toHaveProperty('a')
  })

  it.each([
    ['nothing', '', 'is empty'],
    ['a list', '[]', 'is an array'],
    ['text that is no JSON', '{"model":', 'is not valid JSON'],
    ['a byte order mark', '\uFEFF{"model":"m"}', 'is not valid JSON'],
    ['a member that stands twice', '{"model":"a","model":"b"}', 'has "model" twice'],
    ['one that is written in two ways', '{"model":"a","mod\\u0065l":"b"}', 'has "model" twice'],
    [
      'a limit that stands twice inside its object',
      '{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":9}}',
      'has "generationConfig.maxOutputTokens" twice',
    ],
    [
      'an option of the stream that stands twice',
      '{"stream_options":{"include_usage":true,"include_usage":false}}',
      'has "stream_options.include_usage" twice',
    ],
    ['nesting that cannot be looked through', nested(1_100), 'is nested too deeply'],
    [
      'a member twice behind such nesting',
      `{"model":"a","deep":${'['.repeat(1_100)}${']'.repeat(1_100)},"model":"b"}`,
      'is nested too deeply',
    ],
  ])('refuses %s', (_rule, text, message) => {
    expect(() => parseJsonBody(bytes(text))).toThrow(message)
  })

  it('refuses exactly the bodies in which a scan finds a member twice', () => {
    const key = fc.constantFrom('a', 'b', '\\u0061', '__proto__', '1', 'a:', '\\"')
    const { member } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.constantFrom('1', '":"', '[{"a":1,"a":2}]', '{}'), tie('object')),
      member: fc.tuple(key, tie('value')).map(([name, value]) => `"${name}":${value}`),
      object: fc.array(tie('member'), { maxLength: 4 }).map((members) => `{${members.join()}}`),
    }))
    fc.assert(
      fc.property(fc.array(member, { maxLength: 4 }), (members) => {
        const body = bytes(`{ ${members.join(' , ')} }`)
        const top = scanTopLevelMembers(body)
        const inside = (top?.members ?? []).map(({ valueStart, valueEnd }) =>
          scanTopLevelMembers(body.subarray(valueStart, valueEnd)),
        )
        const twice = [top, ...inside].some((scan) => (scan?.duplicates.length ?? 0) > 0)
        if (twice) expect(() => parseJsonBody(body)).toThrow(/twice/)
        else expect(parseJsonBody(body)).toEqual(JSON.parse(Buffer.from(body).toString()))
      }),
      { numRuns: 1000 },
    )
  })

  it('does not quote the body', () => {
    expect(() => parseJsonBody(bytes('{"prompt":"secret words" x}'))).toThrow(/^(?!.*secret)/)
  })
})
