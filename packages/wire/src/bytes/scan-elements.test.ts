import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from './ascii.ts'
import { scanElements } from './scan-elements.ts'

const scan = (json: string) => {
  const found = scanElements(encodeText(json))
  return found === undefined ? undefined : { elements: found.elements.map(decodeText), closed: found.closed }
}

describe('scanElements', () => {
  it.each([
    ['[]', { elements: [], closed: true }],
    [' [ 1 , {"a":[2]} ] \r\n', { elements: ['1', '{"a":[2]}'], closed: true }],
    ['[{"a":"]"},{"b"', { elements: ['{"a":"]"}'], closed: false }],
    ['[{}', { elements: ['{}'], closed: false }],
    ['[{},', { elements: ['{}'], closed: false }],
    ['[', { elements: [], closed: false }],
    ['[1] x', { elements: ['1'], closed: false }],
    ['[1 2]', { elements: ['1'], closed: false }],
    ['{"a":1}', undefined],
    ['', undefined],
  ])('%s', (json, expected) => {
    expect(scan(json)).toEqual(expected)
  })

  it('finds exactly the elements of any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        expect(scan(JSON.stringify(values))).toEqual({
          elements: values.map((value) => JSON.stringify(value)),
          closed: true,
        })
      }),
    )
  })
})
