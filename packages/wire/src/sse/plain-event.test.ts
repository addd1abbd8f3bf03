import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from '../bytes/ascii.ts'
import { EventSplitter } from './event-splitter.ts'

/** The events of a stream that has begun, with the plain ones of each piece taken first, or none. */
const events = (text: string, sizes: readonly number[], plain: boolean) => {
  const splitter = new EventSplitter(60)
  const found: string[] = []
  const see = (data: Uint8Array) => found.push(decodeText(data))
  splitter.push(encodeText('data: first\n\n'), see)
  const bytes = encodeText(text)
  let taken = 0
  let start = 0
  for (const size of [...sizes, bytes.length]) {
    const chunk = bytes.slice(start, start + size)
    const window = (whole: Uint8Array, from: number, to: number) => see(whole.subarray(from, to))
    const rest = plain ? splitter.takePlain(chunk, window) : 0
    taken += rest
    splitter.push(chunk.subarray(rest), see)
    start += size
  }
  const { tooLarge, skippedBytes, atBoundary } = splitter
  const pending = splitter.pendingData()
  const state = { tooLarge, skippedBytes, atBoundary, pending: pending === undefined ? '' : decodeText(pending) }
  return { read: { found, state }, taken }
}

describe('plain events', () => {
  it.each([
    ['whole events', 'data: {}\n\nevent: a\ndata: b\n\n', 28],
    ['no event that is cut in its data', 'data: a\n\ndata: b', 9],
    ['no event whose blank line is missing', 'data: a\n', 0],
    ['no event that has two lines of data', 'data: a\n\ndata: b\ndata: c\n\n', 9],
    ['no event that begins with a cut `event` line', 'data: a\n\nevent', 9],
    ['no event without the space', 'data:a\n\n', 0],
    ['no comment', ': a\n\ndata: b\n\n', 0],
    ['nothing of a chunk with a CR', 'data: a\n\ndata: b\r\n\r\n', 0],
    ['nothing of a chunk above the limit of one event', `data: ${'x'.repeat(60)}\n\n`, 0],
  ])('are %s', (_rule, stream, taken) => {
    expect(events(stream, [], true).taken).toBe(taken)
  })

  it('are the same events as those that are split by lines, in whatever pieces', () => {
    const part = fc.oneof(
      fc.constantFrom('data: {"a":"ü"}\n\n', 'data: x\n\n', 'event: e\ndata: y\n\n', 'data: a\ndata: b\n\n'),
      fc.constantFrom('data: ', 'event', 'event: x\n', 'e', '\n', '\r', '\r\n', ':', 'id: 1\n', 'x'.repeat(70)),
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 12 }),
        (parts, sizes) => {
          const stream = parts.join('')
          expect(events(stream, sizes, true).read).toEqual(events(stream, sizes, false).read)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
