import { expect, it } from 'vitest'
import { Slab } from './slab.ts'

it('hands out every byte once', () => {
  const slab = new Slab()
  const lengths = Array.from({ length: 200 }, (_, index) => (index * 37) % 1500)
  const pieces = lengths.map((length) => slab.take(length))
  expect(pieces.map(({ length }) => length)).toEqual(lengths)
  for (const [index, piece] of pieces.entries()) piece.fill(index)
  for (const [index, piece] of pieces.entries()) expect(piece.every((byte) => byte === index)).toBe(true)
})
