import { createRandom } from './random.ts'

/** Cuts bytes into non-empty pieces that concatenate to the same bytes; no bytes, no pieces. */
export type Chunking = (bytes: Uint8Array) => readonly Uint8Array[]

/** One piece. */
export const whole: Chunking = (bytes) => (bytes.length === 0 ? [] : [bytes])

/** One piece for each byte: cuts inside every UTF-8 sequence, line end and number. */
export const perByte: Chunking = (bytes) => Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))

const endBytes = 50_000

/**
 * As {@link perByte} for the first and the last 50 kB, with pieces of 1 kB between them: a body of several MB, a byte at a time,
 * takes minutes to send and shows nothing that its two ends do not.
 */
export const perByteAtEnds: Chunking = (bytes) => {
  if (bytes.length <= endBytes * 2) return perByte(bytes)
  const lastFrom = bytes.length - endBytes
  const pieces = [...perByte(bytes.subarray(0, endBytes))]
  for (let at = endBytes; at < lastFrom; at += 1_000) pieces.push(bytes.subarray(at, Math.min(at + 1_000, lastFrom)))
  return [...pieces, ...perByte(bytes.subarray(lastFrom))]
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Length of the line end at `index`: 2 for CRLF, 1 for a lone CR or LF, 0 for none. */
const lineEndAt = (bytes: Uint8Array, index: number): number => {
  if (bytes[index] === lineFeed) return 1
  if (bytes[index] !== carriageReturn) return 0
  return bytes[index + 1] === lineFeed ? 2 : 1
}

/** One piece for each server-sent event, its blank line included; a rest without one is the last piece. */
export const perEvent: Chunking = (bytes) => {
  const pieces: Uint8Array[] = []
  let start = 0
  let index = 0
  while (index < bytes.length) {
    const first = lineEndAt(bytes, index)
    const second = first === 0 ? 0 : lineEndAt(bytes, index + first)
    index += first + second || 1
    if (second === 0) continue
    pieces.push(bytes.subarray(start, index))
    start = index
  }
  if (start < bytes.length) pieces.push(bytes.subarray(start))
  return pieces
}

/** Pieces of 1 to `maxBytes` bytes, small ones as likely as large ones; the same for the same seed and length. */
export const randomChunks =
  (seed: number, maxBytes = 4096): Chunking =>
  (bytes) => {
    const random = createRandom(seed)
    const pieces: Uint8Array[] = []
    for (let start = 0; start < bytes.length; ) {
      // Uniform in the logarithm: uniform sizes would almost never cut inside one event.
      const size = Math.max(1, Math.floor(maxBytes ** random()))
      pieces.push(bytes.subarray(start, start + size))
      start += size
    }
    return pieces
  }
