import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createUsageChunkFilter } from './usage-chunk-filter.ts'

const filter = (stream: string, sizes: readonly number[] = []): string => {
  const machine = createUsageChunkFilter()
  const bytes = Buffer.from(stream)
  const out: Uint8Array[] = []
  let start = 0
  for (const size of [...sizes, bytes.length]) {
    out.push(...machine.push(bytes.subarray(start, start + size)))
    start += size
  }
  return Buffer.concat([...out, ...machine.end()]).toString()
}

const rules: readonly [rule: string, before: string, after: string][] = [
  ['drops the usage-only chunk', 'data: {"choices":[],"usage":{"a":1}}\n\ndata: [DONE]\n\n', 'data: [DONE]\n\n'],
  ['cuts a null usage', 'data: {"a":1,"usage":null,"b":2}\n\n', 'data: {"a":1,"b":2}\n\n'],
  ['cuts a null usage at the end', 'data: {"a":1 , "usage" : null }\n\n', 'data: {"a":1 }\n\n'],
  ['cuts a null usage at the start', 'data: {"usage":null, "b":2}\n\n', 'data: {"b":2}\n\n'],
  ['cuts a null usage that is alone', 'data: {"usage":null}\n\n', 'data: {}\n\n'],
  [
    'keeps usage beside choices',
    'data: {"choices":[{}],"usage":{"a":1}}\n\n',
    'data: {"choices":[{}],"usage":{"a":1}}\n\n',
  ],
  [
    'keeps an empty chunk without usage',
    'data: {"choices":[],"x":1,"usage":null}\n\n',
    'data: {"choices":[],"x":1}\n\n',
  ],
  ['keeps usage without choices', 'data: {"usage":{"a":1}}\n\n', 'data: {"usage":{"a":1}}\n\n'],
  [
    'keeps what only looks like it',
    'data: {"a":"\\"usage\\":null","b":{"usage":null}}\n\n',
    'data: {"a":"\\"usage\\":null","b":{"usage":null}}\n\n',
  ],
  [
    'keeps comments and other fields',
    ': hi\n\nevent: x\nid: 1\ndata: {"usage":null}\n\n',
    ': hi\n\nevent: x\nid: 1\ndata: {}\n\n',
  ],
  [
    'keeps CRLF',
    'data: {"a":1,"usage":null}\r\n\r\ndata: {"choices": [ ],"usage":{}}\r\n\r\ndata: [DONE]\r\n\r\n',
    'data: {"a":1}\r\n\r\ndata: [DONE]\r\n\r\n',
  ],
  ['keeps CR', 'data: {"a":1,"usage":null}\r\rdata: [DONE]\r\r', 'data: {"a":1}\r\rdata: [DONE]\r\r'],
  [
    'keeps what is not JSON',
    'data: {"usage":null\n\n<html>"usage":null</html>',
    'data: {"usage":null\n\n<html>"usage":null</html>',
  ],
  ['does not need the last blank line', 'data: {"choices":[],"usage":{"a":1}}', ''],
  ['keeps a last line that is cut', 'data: {"choices":[],"usa', 'data: {"choices":[],"usa'],
  ['keeps nothing of nothing', '', ''],
]

describe('createUsageChunkFilter', () => {
  it.each(rules)('%s', (_, before, after) => {
    expect(filter(before)).toBe(after)
  })

  it.each(rules)('%s, byte by byte', (_, before, after) => {
    expect(filter(before, Array<number>(before.length).fill(1))).toBe(after)
  })

  it('gives the same bytes for every split', () => {
    const piece = fc.oneof(
      fc.constantFrom(...rules.map(([, before]) => before)),
      fc.constantFrom('\n', '\r', '\r\n', ':', 'data: ', '{"usage":null}', 'ü'),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat({ max: 20 }), { maxLength: 40 }),
        (pieces, sizes) => {
          const stream = pieces.join('')
          expect(filter(stream, sizes)).toBe(filter(stream))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('passes an event on as soon as it is whole, and a comment at once', () => {
    const machine = createUsageChunkFilter()
    const push = (text: string) => Buffer.concat([...machine.push(Buffer.from(text))]).toString()
    expect(push('data: {"a":1}\n')).toBe('')
    expect(push('\ndata: {"b"')).toBe('data: {"a":1}\n\n')
    expect(push(':2}\n\n: wait\n')).toBe('data: {"b":2}\n\n: wait\n')
  })

  it('passes whole events that have nothing to hide as the chunk that they came in, and others as one piece', () => {
    const machine = createUsageChunkFilter()
    const plain = Buffer.from('data: {"a":1}\n\ndata: {"b":2}\n\n')
    expect(machine.push(plain)).toEqual([plain])
    expect(machine.push(plain)[0]).toBe(plain)
    const cut = machine.push(Buffer.from('data: {"a":1,"usage":null}\n\ndata: {"b":2,"usage":null}\n\n'))
    expect(cut.map((part) => Buffer.from(part).toString())).toEqual([plain.toString()])
  })

  it('leaves what went in as it was', () => {
    const machine = createUsageChunkFilter()
    const text = 'data: {"usage":null,"a":1}\n\n'
    const chunk = Buffer.from(text)
    expect(Buffer.concat(machine.push(chunk)).toString()).toBe('data: {"a":1}\n\n')
    expect(chunk.toString()).toBe(text)
  })

  it('passes an event that is too large for a usage chunk while it comes, and filters the next', () => {
    const machine = createUsageChunkFilter()
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    let passed = 0
    let largestHeld = 0
    let sent = 0
    const push = (bytes: Uint8Array) => {
      sent += bytes.length
      for (const out of machine.push(bytes)) passed += out.length
      largestHeld = Math.max(largestHeld, sent - passed)
    }
    push(Buffer.from('data: '))
    for (let round = 0; round < 20; round++) push(chunk)
    push(Buffer.from('\n\n'))
    expect(passed).toBe(sent)
    expect(largestHeld).toBeLessThanOrEqual(9 * 1024 * 1024)
    expect(machine.push(Buffer.from('data: {"choices":[],"usage":{}}\n\n'))).toEqual([])
  })
})
