import { describe, expect, it } from 'vitest'
import { type Chunking, perByte, perByteAtEnds, perEvent, randomChunks, whole } from './chunking.ts'
import { createRandom, seedFrom } from './random.ts'

const texts = (chunking: Chunking, text: string): string[] =>
  chunking(Buffer.from(text)).map((piece) => Buffer.from(piece).toString('latin1'))

describe('every chunking', () => {
  const chunkings: readonly [string, Chunking][] = [
    ['whole', whole],
    ['perByte', perByte],
    ['perByteAtEnds', perByteAtEnds],
    ['perEvent', perEvent],
    ['randomChunks', randomChunks(7)],
  ]
  const samples = [
    '',
    '\n',
    '\n\n\n',
    '\r\n\r\n',
    'data: é\n\ndata: [DONE]\n\n',
    'x'.repeat(10_000),
    'y'.repeat(312_345),
  ]

  it.each(chunkings)('%s loses nothing and makes no empty piece', (_, chunking) => {
    for (const sample of samples) {
      const pieces = chunking(Buffer.from(sample))
      expect(Buffer.concat(pieces).toString()).toBe(sample)
      expect(pieces.every((piece) => piece.length > 0)).toBe(true)
    }
  })
})

describe('perByteAtEnds', () => {
  const sizes = (length: number) => perByteAtEnds(Buffer.alloc(length)).map((piece) => piece.length)

  it.each([99_999, 100_000])('cuts %i bytes into bytes', (length) => {
    expect(sizes(length)).toEqual(Array(length).fill(1))
  })

  it('cuts what is larger into bytes at both ends, and into kilobytes between them', () => {
    const ends = Array(50_000).fill(1)
    expect(sizes(102_500)).toEqual([...ends, 1_000, 1_000, 500, ...ends])
  })
})

describe('perEvent', () => {
  it.each([
    ['LF', 'data: 1\n\ndata: 2\n\n', ['data: 1\n\n', 'data: 2\n\n']],
    ['CRLF', 'data: 1\r\n\r\ndata: 2\r\n\r\n', ['data: 1\r\n\r\n', 'data: 2\r\n\r\n']],
    ['CR', 'data: 1\r\rdata: 2', ['data: 1\r\r', 'data: 2']],
    ['a comment between events', ': wait\n\ndata: 1\n\n', [': wait\n\n', 'data: 1\n\n']],
    ['several lines of one event', 'event: a\ndata: 1\n\n', ['event: a\ndata: 1\n\n']],
    ['an unfinished event', 'data: 1\n\ndata: 2\n', ['data: 1\n\n', 'data: 2\n']],
  ])('cuts after the blank line: %s', (_, text, pieces) => {
    expect(texts(perEvent, text)).toEqual(pieces)
  })
})

describe('randomChunks', () => {
  it('is the same for the same seed and another for another', () => {
    const text = 'abcdefghij'.repeat(500)
    expect(texts(randomChunks(1), text)).toEqual(texts(randomChunks(1), text))
    expect(texts(randomChunks(1), text)).not.toEqual(texts(randomChunks(2), text))
  })

  it('makes small and large pieces', () => {
    const sizes = randomChunks(3)(Buffer.alloc(200_000)).map((piece) => piece.length)
    expect(Math.min(...sizes)).toBe(1)
    expect(Math.max(...sizes)).toBeGreaterThan(1000)
  })
})

describe('createRandom', () => {
  it('stays in [0, 1) and spreads', () => {
    const random = createRandom(seedFrom('spread'))
    const values = Array.from({ length: 1000 }, random)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    expect(new Set(values.map((value) => Math.floor(value * 10))).size).toBe(10)
  })
})
