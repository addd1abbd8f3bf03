import { createRandom } from '@vendo/testkit'
import { expect, it } from 'vitest'
import { ReadBuffer } from './read-buffer.ts'

it('what was handed on is never written to again', () => {
  const random = createRandom(7)
  const memory = new ReadBuffer()
  const pieces: Buffer[] = []
  for (let index = 0; index < 300; index++) {
    const length = 1 + Math.floor(random() * random() * memory.free.length)
    memory.free.fill(index % 256, 0, length)
    pieces.push(memory.take(length))
  }
  expect(pieces.map((piece) => new Set(piece))).toEqual(pieces.map((_, index) => new Set([index % 256])))
})

it('there is always room for a read, and more of it where answers come fast', () => {
  const memory = new ReadBuffer()
  const usual = memory.free.length
  for (let index = 0; index < 50; index++) {
    memory.take(1_000)
    expect(memory.free.length).toBeGreaterThanOrEqual(4_096)
  }
  memory.take(memory.free.length)
  expect(memory.free.length).toBeGreaterThan(usual)
  memory.take(memory.free.length - 1)
  expect(memory.free.length).toBe(usual)
})
