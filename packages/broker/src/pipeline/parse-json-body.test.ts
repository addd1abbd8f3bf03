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

  it('does not quote the body', () => {
    expect(() => parseJsonBody(bytes('{"prompt":"secret words" x}'))).toThrow(/^(?!.*secret)/)
  })
})
