import { expect, it } from 'vitest'
import { buffersPassed } from './buffers-passed.ts'

const pieceBytes = 64 * 1024
const pieces = 4_000

it('of 260 MB that pass through in small buffers, only few lie in memory at one time, and nobody else gets a collector', async () => {
  let most = 0
  for (let piece = 0; piece < pieces; piece++) {
    Buffer.from(new ArrayBuffer(pieceBytes))
    buffersPassed(pieceBytes)
    most = Math.max(most, process.memoryUsage().arrayBuffers)
    if (piece % 10 === 0) await new Promise(setImmediate)
  }
  // Without it about 77 MB are.
  expect(most).toBeLessThan(40_000_000)
  expect(globalThis.gc).toBe(undefined)
})
