import { describe, expect, it } from 'vitest'
import { createContinueFilter } from './skip-continue.ts'

const continued = 'HTTP/1.1 100 Continue\r\nx-a: b\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'
const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${continued.length}\r\n\r\n${continued}`

const passes = (...pieces: readonly string[]): readonly (string | null)[] => {
  const filter = createContinueFilter()
  filter.requestSent()
  return pieces.map((piece) => filter.push(Buffer.from(piece, 'latin1'))?.toString('latin1') ?? null)
}

describe('100 is hidden, and nothing else', () => {
  it.each([
    ['an answer', answer, answer],
    ['100', continued + answer, answer],
    ['100, twice', continued + continued + answer, answer],
    ['103', hints + answer, hints + answer],
    ['100 between others', hints + continued + hints + answer, hints + hints + answer],
    ['101, which ends HTTP', 'HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 100 x\r\n\r\n', undefined],
    ['what is no HTTP', 'SSH-2.0-OpenSSH\r\n', undefined],
    ['what is no HTTP, however short', 'x', undefined],
  ])('%s', (_name, bytes, expected) => {
    expect(passes(bytes)).toEqual([expected ?? bytes])
  })

  it('wherever the bytes are split', () => {
    const bytes = continued + hints + answer
    for (let at = 1; at < bytes.length; at++) {
      expect(passes(bytes.slice(0, at), bytes.slice(at)).join('')).toBe(hints + answer)
    }
    expect(passes(...bytes).join('')).toBe(hints + answer)
  })

  it('a piece of the body is passed as it comes, whatever it looks like', () => {
    expect(passes(answer, continued, 'H')).toEqual([answer, continued, 'H'])
  })

  it('a head that does not end is not waited for without bound', () => {
    const bytes = `HTTP/1.1 100 Continue\r\nx-a: ${'b'.repeat(20_000)}`
    expect(passes(bytes.slice(0, 10_000), bytes.slice(10_000))).toEqual([null, bytes])
  })

  it('nothing is hidden before a request, which has no answer yet', () => {
    const bytes = Buffer.from(continued)
    expect(createContinueFilter().push(bytes)).toBe(bytes)
  })
})
