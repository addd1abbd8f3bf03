import { gzipSync } from 'node:zlib'
import type { UsageReader } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { createMeterTap } from './meter-tap.ts'

const recording = () => {
  const seen: Uint8Array[] = []
  const reader = { push: (chunk: Uint8Array) => void seen.push(chunk) } as unknown as UsageReader
  return { reader, bytes: () => Buffer.concat(seen) }
}

describe('what the meter is shown', () => {
  it('is the decompressed answer, and nothing is missing when it ends', async () => {
    const { reader, bytes } = recording()
    const tap = createMeterTap('gzip', reader)
    const whole = Buffer.from('{"usage":{}}'.repeat(10_000))
    const packed = gzipSync(whole)
    for (let at = 0; at < packed.length; at += 7) tap.push(packed.subarray(at, at + 7))
    await tap.end()
    expect(bytes().equals(whole)).toBe(true)
  })

  it('ends where compressed bytes pile up: the call settles as unread, and the memory stays free', async () => {
    const { reader, bytes } = recording()
    const tap = createMeterTap('gzip', reader)
    const packed = gzipSync(Buffer.alloc(1_000), { level: 0 })
    tap.push(packed.subarray(0, 20))
    for (let piece = 0; piece < 20; piece++) tap.push(Buffer.alloc(1024 * 1024))
    await tap.end()
    expect(bytes().length).toBeLessThan(1_000)
  })

  it.each(['br', 'zstd', 'deflate', 'gzip'])('ends with %s that is none, without an error', async (encoding) => {
    const { reader } = recording()
    const tap = createMeterTap(encoding, reader)
    tap.push(Buffer.from('<html>not compressed at all</html>'))
    await expect(tap.end()).resolves.toBeUndefined()
  })
})
