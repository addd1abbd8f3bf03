import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonStructure } from './json-structure.ts'

const count = (text: string, limits: { maxItems?: number; maxDepth?: number }, pieceBytes = 1_000_000): void => {
  const structure = new JsonStructure({ maxItems: 1_000_000, maxDepth: 1_000, ...limits })
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += pieceBytes)
    structure.add(bytes.subarray(start, start + pieceBytes))
}

const itemsOf = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce<number>((sum, inner) => sum + 1 + itemsOf(inner), 0)

describe('JsonStructure', () => {
  it.each([
    ['empty lists', '[[],[],[]]', 3],
    ['empty objects', '[{},{ },{\n}]', 3],
    ['members', '{"a":1,"b":{"c":2}}', 3],
    ['escaped keys', '{"\\u0061,\\"[":1,"\\\\":2}', 2],
    ['commas and brackets in texts', '["[{,,,]","a\\"],["]', 2],
    ['one text', '"a,b"', 0],
    ['numbers', '[1,2.5,-3e9]', 3],
  ])('counts %s', (_what, text, items) => {
    expect(() => count(text, { maxItems: items })).not.toThrow()
    if (items > 0) expect(() => count(text, { maxItems: items - 1 })).toThrow(/more than \d+ members and elements/)
  })

  it('counts what any JSON holds, however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 7 }), fc.boolean(), (value, pieceBytes, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 1 : 0)
        const items = itemsOf(JSON.parse(text))
        count(text, { maxItems: items }, pieceBytes)
        if (items > 0) expect(() => count(text, { maxItems: items - 1 }, pieceBytes)).toThrow()
      }),
    )
  })

  it('takes 128 levels and no more', () => {
    expect(() => count('['.repeat(128) + ']'.repeat(128), { maxDepth: 128 })).not.toThrow()
    expect(() => count('{"a":'.repeat(129), { maxDepth: 128 })).toThrow(/nested too deeply/)
  })

  it('stops where the limit is passed, and reads nothing behind it', () => {
    const structure = new JsonStructure({ maxItems: 10, maxDepth: 10 })
    const bytes = Buffer.alloc(1_000_000, '[1,')
    expect(() => structure.add(bytes)).toThrow()
  })
})
