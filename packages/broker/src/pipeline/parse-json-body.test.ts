import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonBody } from './parse-json-body.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** An object whose one member holds lists inside lists. */
const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

describe('parseJsonBody', () => {
  it('gives the members of an object', () => {
    expect(parseJsonBody(bytes(' {"model":"m","n":2} '))).toEqual({ body: { model: 'm', n: 2 }, duplicates: [] })
    expect(parseJsonBody(bytes(nested(900))).body).toHaveProperty('a')
  })

  it('takes a byte order mark before the body', () => {
    expect(parseJsonBody(bytes('\uFEFF{"model":"m"}'))).toEqual({ body: { model: 'm' }, duplicates: [] })
  })

  it.each([
    ['nothing', '', 'is empty'],
    ['a list', '[]', 'is an array'],
    ['text that is no JSON', '{"model":', 'is not valid JSON'],
    ['two byte order marks', '\uFEFF\uFEFF{"model":"m"}', 'is not valid JSON'],
    ['a byte order mark alone', '\uFEFF', 'is not valid JSON'],
    ['a byte order mark after the body', '{"model":"m"}\uFEFF', 'is not valid JSON'],
    [
      'a member twice behind nesting that cannot be looked through',
      `{"model":"a","deep":${'['.repeat(1_100)}${']'.repeat(1_100)},"model":"b"}`,
      'is nested too deeply',
    ],
    ['nesting that cannot be looked through', nested(1_100), 'is nested too deeply'],
  ])('refuses %s', (_rule, text, message) => {
    expect(() => parseJsonBody(bytes(text))).toThrow(message)
  })

  it.each([
    ['UTF-16', Buffer.from('\uFEFF{"model":"m"}', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('{"model":"m"}', 'utf16le')],
    ['Latin-1', Buffer.from('{"model":"m\u00e9"}', 'latin1')],
  ])('refuses %s', (_encoding, body) => {
    expect(() => parseJsonBody(body)).toThrow('is not valid JSON')
  })

  it.each([
    ['a member', '{"model":"a","model":"b"}', ['model']],
    ['one that is written in two ways', '{"model":"a","mod\\u0065l":"b"}', ['model']],
    ['a limit', '{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":9}}', ['generationConfig.maxOutputTokens']],
    ['the type of a tool', '{"tools":[{"type":"a","type":"b"}]}', ['tools[0].type']],
    ['the type of a part', '{"messages":[{"content":[{"type":"a","type":"b"}]}]}', ['messages[0].content[0].type']],
  ])('names %s that stands twice', (_rule, text, duplicates) => {
    expect(parseJsonBody(bytes(text)).duplicates).toEqual(duplicates)
  })

  it('finds a member twice exactly where one was written twice', () => {
    const key = fc.constantFrom('a', 'b', '\\u0061', '__proto__', '1', 'a:', '\\"')
    type Written = { readonly json: string; readonly twice: boolean }
    const { object } = fc.letrec<{ value: Written; object: Written }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(
          { json: '1', twice: false },
          { json: '":"', twice: false },
          { json: '[{"a":1}]', twice: false },
        ),
        tie('object'),
        fc.array(tie('value'), { maxLength: 3 }).map((values) => ({
          json: `[${values.map(({ json }) => json).join(' , ')}]`,
          twice: values.some(({ twice }) => twice),
        })),
      ),
      object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => {
        const keys = members.map(([name]) => JSON.parse(`"${name}"`) as string)
        return {
          json: `{ ${members.map(([name, { json }]) => `"${name}" : ${json}`).join()} }`,
          twice: new Set(keys).size < keys.length || members.some(([, { twice }]) => twice),
        }
      }),
    }))
    fc.assert(
      fc.property(object, ({ json, twice }) => {
        const parsed = parseJsonBody(bytes(json))
        expect(parsed.body).toEqual(JSON.parse(json))
        expect(parsed.duplicates.length > 0).toBe(twice)
      }),
      { numRuns: 1000 },
    )
  })

  it('does not quote the body', () => {
    expect(() => parseJsonBody(bytes('{"prompt":"secret words" x}'))).toThrow(/^(?!.*secret)/)
  })
})
