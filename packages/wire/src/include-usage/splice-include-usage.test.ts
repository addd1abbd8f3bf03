import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from '../bytes/ascii.ts'
import { spliceIncludeUsage } from './splice-include-usage.ts'

const splice = (json: string): string | undefined => {
  const result = spliceIncludeUsage(encodeText(json))
  return result === undefined ? undefined : decodeText(result)
}

describe('spliceIncludeUsage', () => {
  it.each([
    ['adds the option', '{"stream":true}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    [
      'keeps every other byte',
      '{ "a" : "ü\\u0041" ,\n"b":1e2 }\n',
      '{ "a" : "ü\\u0041" ,\n"b":1e2,"stream_options":{"include_usage":true} }\n',
    ],
    ['fills an empty object', '{}', '{"stream_options":{"include_usage":true}}'],
    ['replaces null', '{"stream_options":null,"a":1}', '{"stream_options":{"include_usage":true},"a":1}'],
    ['replaces false', '{"stream_options":{"include_usage": false }}', '{"stream_options":{"include_usage": true }}'],
    ['adds to other options', '{"stream_options":{"x":1}}', '{"stream_options":{"x":1,"include_usage":true}}'],
    ['fills empty options', '{"stream_options":{ }}', '{"stream_options":{"include_usage":true }}'],
    [
      'changes every occurrence',
      '{"stream_options":null,"stream_options":{}}',
      '{"stream_options":{"include_usage":true},"stream_options":{"include_usage":true}}',
    ],
    [
      'looks at the top level only',
      '{"metadata":{"stream_options":{"include_usage":true}}}',
      '{"metadata":{"stream_options":{"include_usage":true}},"stream_options":{"include_usage":true}}',
    ],
  ])('%s', (_, before, after) => {
    expect(splice(before)).toBe(after)
  })

  it.each([
    ['it asks already', '{"stream_options":{"include_usage":true}}'],
    ['the options are no object', '{"stream_options":"yes"}'],
    ['the body is a list', '[]'],
    ['the body is cut', '{"stream":true'],
    ['the body is empty', ''],
  ])('does nothing where %s', (_, body) => {
    expect(splice(body)).toBeUndefined()
  })

  it('changes that one option of any object, and nothing else', () => {
    const options = fc.option(
      fc.record({ include_usage: fc.boolean(), include_obfuscation: fc.boolean() }, { requiredKeys: [] }),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), options, (rest, streamOptions) => {
        const body = { ...rest, stream_options: streamOptions }
        const expected = { ...body, stream_options: { ...streamOptions, include_usage: true } }
        const json = JSON.stringify(body)
        expect(JSON.parse(splice(json) ?? json)).toEqual(JSON.parse(JSON.stringify(expected)))
      }),
    )
  })
})
