import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from '../bytes/ascii.ts'
import { EventSplitter } from './event-splitter.ts'

const split = (text: string, sizes: readonly number[] = [], maxEventBytes = 1000) => {
  const splitter = new EventSplitter(maxEventBytes)
  const events: string[] = []
  const bytes = encodeText(text)
  let start = 0
  for (const size of [...sizes, bytes.length]) {
    splitter.push(bytes.slice(start, start + size), (data) => events.push(decodeText(data)))
    start += size
  }
  const pending = splitter.pendingData()
  return { events, pending: pending === undefined ? undefined : decodeText(pending), splitter }
}

const rules: readonly [rule: string, stream: string, events: readonly string[], pending?: string][] = [
  ['LF ends a line', 'data: a\n\ndata: b\n\n', ['a', 'b']],
  ['CRLF ends a line', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
  ['CR ends a line', 'data: a\r\rdata: b\r\r', ['a', 'b']],
  ['line ends may be mixed', 'data: a\r\n\ndata: b\n\r\n', ['a', 'b']],
  ['a byte order mark is skipped', '\uFEFFdata: a\n\n', ['a']],
  ['comments are skipped', ': hello\n\ndata: a\n: between\n\n', ['a']],
  ['several data lines are joined', 'data: a\ndata: b\ndata:c\n\n', ['a\nb\nc']],
  ['one space after the colon is not data', 'data:  a\n\ndata:b\n\n', [' a', 'b']],
  ['a field without a colon is empty', 'data\n\n', ['']],
  ['other fields are passed over', 'event: x\nid: 1\nretry: 5\ndata: a\n\n', ['a']],
  ['an event without data is none', 'event: ping\n\n', []],
  ['a data line of another name is not data', 'datax: a\n\n', []],
  ['an unfinished event is pending', 'data: a\n\ndata: b\n', ['a'], 'b'],
  ['an unfinished line is pending', 'data: a\ndata: b', [], 'a\nb'],
]

describe('EventSplitter', () => {
  it.each(rules)('%s', (_, stream, events, pending) => {
    expect(split(stream)).toMatchObject({ events, pending })
  })

  it.each(rules)('%s, byte by byte', (_, stream, events, pending) => {
    expect(split(stream, Array<number>(encodeText(stream).length).fill(1))).toMatchObject({ events, pending })
  })

  it('gives the same events for every split', () => {
    const line = fc.oneof(
      fc.constantFrom('', '', 'data: {"a":"ü"}', 'data:', ': note', 'event: x', 'data: 2'),
      fc.string({ maxLength: 8 }).filter((text) => !/[\r\n]/.test(text)),
    )
    const end = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, end), { maxLength: 20 }),
        fc.array(fc.nat({ max: 9 }), { maxLength: 30 }),
        (lines, sizes) => {
          const stream = lines.map(([text, terminator]) => text + terminator).join('')
          const { events, pending } = split(stream, sizes)
          expect({ events, pending }).toEqual({ events: split(stream).events, pending: split(stream).pending })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is at a boundary only between events', () => {
    const splitter = new EventSplitter(1000)
    const seen: boolean[] = []
    for (const byte of encodeText('data: a\n\n: c\n\nevent: e\n\n')) {
      splitter.push(Uint8Array.of(byte), () => undefined)
      seen.push(splitter.atBoundary)
    }
    expect(seen.map((at) => (at ? '|' : '.')).join('')).toBe('........|...||.........|')
  })

  it.each([
    ['in one line', `data: ${'x'.repeat(50)}\n\ndata: after\n\n`],
    ['in several lines', `${'data: xxxxx\n'.repeat(10)}\ndata: after\n\n`],
  ])('skips an event above the limit %s, notes it, and goes on', (_, stream) => {
    for (const sizes of [[], Array<number>(stream.length).fill(1)]) {
      const { events, splitter } = split(stream, sizes, 40)
      expect(events).toEqual(['after'])
      expect(splitter.tooLarge).toBe(true)
      expect(splitter.skippedBytes).toBeGreaterThanOrEqual(50)
    }
  })

  it('keeps no more than the limit of an event that never ends', () => {
    const splitter = new EventSplitter(1000)
    const chunk = new Uint8Array(4096).fill(0x78)
    splitter.push(encodeText('data: '), () => undefined)
    for (let round = 0; round < 5000; round++) splitter.push(chunk, () => undefined)
    expect(splitter.tooLarge).toBe(true)
    expect(splitter.pendingData()?.length ?? 0).toBeLessThanOrEqual(1000)
  })

  it('takes time in proportion to its bytes, however small the chunks are', () => {
    const reads = (bytes: number): number => {
      const splitter = new EventSplitter(1 << 30)
      const start = process.cpuUsage()
      splitter.push(encodeText('data: '), () => undefined)
      for (let sent = 0; sent < bytes; sent += 4) splitter.push(encodeText('abcd'), () => undefined)
      const { user, system } = process.cpuUsage(start)
      return user + system
    }
    reads(25_000)
    expect(reads(800_000)).toBeLessThan(150 * Math.max(reads(25_000), 1000))
  })

  it('knows a page from a stream', () => {
    expect(split('<html>\n<body>no</body>\n').splitter.foreign).toBe(true)
    expect(split('event: a\ndata: b\n\n: c\n').splitter.foreign).toBe(false)
  })
})
