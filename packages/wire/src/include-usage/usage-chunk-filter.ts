import { ascii, encodeText, startsWithAt } from '../bytes/ascii.ts'
import { GrowableBytes } from '../bytes/growable-bytes.ts'
import { Slab } from '../bytes/slab.ts'
import { afterBlankLine, isPlainChunk, plainDataEnd, plainDataStart } from '../sse/plain-event.ts'
import type { Transducer } from '../transducer.ts'
import { type Cut, findUsageCut } from './find-usage-cut.ts'

const dataPrefix = encodeText('data:')
const largestEvent = 8 * 1024 * 1024

/**
 * Hides from the client of an OpenAI chat stream that usage was asked for on its behalf: drops the chunk that carries only
 * usage, and cuts `"usage":null` out of the others. Every other byte passes, comments and `[DONE]` included, and only an
 * event that is not whole yet is held back. An event too large to be a usage chunk passes as it is. What comes out may be a
 * window on what went in.
 */
export const createUsageChunkFilter = (): Transducer<Uint8Array, Uint8Array> => new UsageChunkFilter()

class UsageChunkFilter implements Transducer<Uint8Array, Uint8Array> {
  /** The unfinished event, from its first byte on. */
  #held = new GrowableBytes()
  /** Where in the held bytes the present line begins, and how far it was searched for its end. */
  #lineStart = 0
  #searched = 0
  #dataLines: { start: number; end: number }[] = []
  #passing = false
  readonly #slab = new Slab()

  push(chunk: Uint8Array): readonly Uint8Array[] {
    if (!isPlainChunk(chunk)) return this.#pushAny(chunk)
    if (this.#isFree()) return this.#pushPlain(chunk)
    const end = afterBlankLine(chunk)
    const out = this.#pushAny(chunk.subarray(0, end))
    const rest = chunk.subarray(end)
    return rest.length === 0 ? out : [...out, ...(this.#isFree() ? this.#pushPlain(rest) : this.#pushAny(rest))]
  }

  end(): readonly Uint8Array[] {
    const bytes = this.#held.view()
    const out: Uint8Array[] = []
    const last = { start: this.#lineStart, end: bytes.length }
    if (startsWithAt(bytes, dataPrefix, last.start)) this.#dataLines.push(last)
    if (bytes.length > 0) this.#emit(bytes, 0, out)
    this.#held.clear()
    return out
  }

  /** Nothing of an unfinished event was kept, or passed on. */
  #isFree(): boolean {
    return this.#held.length === 0 && !this.#passing
  }

  /** Whole events in their plainest form are looked at in place, and most of them pass as the chunk that they came in. */
  #pushPlain(chunk: Uint8Array): readonly Uint8Array[] {
    const cuts: Cut[] = []
    let position = 0
    for (;;) {
      const start = plainDataStart(chunk, position)
      const end = start < 0 ? -1 : plainDataEnd(chunk, start)
      if (end < 0) break
      const next = end + 2
      const cut = findUsageCut(chunk, start, end)
      if (cut !== undefined) cuts.push(cut === 'all' ? { from: position, to: next } : cut)
      position = next
    }
    const out = this.#without(chunk, position, cuts)
    return position === chunk.length ? out : [...out, ...this.#pushAny(chunk.subarray(position))]
  }

  /** One piece for all that is left of the first `length` bytes, as each piece costs its reader a write. */
  #without(chunk: Uint8Array, length: number, cuts: readonly Cut[]): readonly Uint8Array[] {
    if (length === 0) return []
    if (cuts.length === 0) return [length === chunk.length ? chunk : chunk.subarray(0, length)]
    let left = length
    for (const { from, to } of cuts) left -= to - from
    if (left === 0) return []
    const piece = this.#slab.take(left)
    let position = 0
    let written = 0
    for (const { from, to } of cuts) {
      piece.set(chunk.subarray(position, from), written)
      written += from - position
      position = to
    }
    piece.set(chunk.subarray(position, length), written)
    return [piece]
  }

  #pushAny(chunk: Uint8Array): readonly Uint8Array[] {
    this.#held.append(chunk)
    const bytes = this.#held.view()
    const out: Uint8Array[] = []
    let eventStart = 0
    for (;;) {
      const end = lineEnd(bytes, this.#searched)
      if (end === undefined) break
      const line = { start: this.#lineStart, end: end.at }
      this.#lineStart = end.next
      this.#searched = end.next
      if (line.start === line.end || this.#passesAlone(bytes, line, eventStart)) {
        this.#emit(bytes.subarray(eventStart, end.next), eventStart, out)
        eventStart = end.next
      } else if (startsWithAt(bytes, dataPrefix, line.start)) this.#dataLines.push(line)
    }
    this.#searched = bytes.at(-1) === ascii.carriageReturn ? bytes.length - 1 : bytes.length
    this.#release(bytes, eventStart, out)
    return out
  }

  /** A comment between events need not wait for anything. */
  #passesAlone(bytes: Uint8Array, line: { readonly start: number }, eventStart: number): boolean {
    return line.start === eventStart && bytes[line.start] === ascii.colon
  }

  /** Gives out what is decided and keeps the rest; the rest moves only when something left before it. */
  #release(bytes: Uint8Array, eventStart: number, out: Uint8Array[]): void {
    const tooLarge = bytes.length - eventStart > largestEvent
    if (tooLarge || (this.#passing && eventStart < bytes.length)) {
      // A held-back last CR stays, as its LF may follow.
      out.push(bytes.slice(eventStart, this.#searched))
      this.#passing = true
      this.#dataLines = []
      this.#rebase(bytes, this.#searched)
    } else if (eventStart > 0) this.#rebase(bytes, eventStart)
  }

  #rebase(bytes: Uint8Array, start: number): void {
    const rest = bytes.slice(start)
    this.#held.clear()
    this.#held.append(rest)
    // A line that was begun before `start` and passed already is known not to be empty: -1 keeps it so.
    this.#lineStart = this.#lineStart < start ? -1 : this.#lineStart - start
    this.#searched -= start
    this.#dataLines = this.#dataLines.map((line) => ({ start: line.start - start, end: line.end - start }))
  }

  #emit(event: Uint8Array, eventStart: number, out: Uint8Array[]): void {
    const lines = this.#dataLines
    const passing = this.#passing
    this.#dataLines = []
    this.#passing = false
    const line = lines[0]
    if (passing || line === undefined || lines.length > 1) {
      out.push(event.slice())
      return
    }
    const start = line.start - eventStart + dataPrefix.length
    out.push(...filterEvent(event, start, line.end - eventStart))
  }
}

/** Where a line ends and the next begins; unknown after a CR that is the last byte so far. */
const lineEnd = (bytes: Uint8Array, from: number): { at: number; next: number } | undefined => {
  for (let index = from; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === ascii.lineFeed) return { at: index, next: index + 1 }
    if (byte !== ascii.carriageReturn) continue
    if (index + 1 === bytes.length) return undefined
    return { at: index, next: bytes[index + 1] === ascii.lineFeed ? index + 2 : index + 1 }
  }
  return undefined
}

const filterEvent = (event: Uint8Array, start: number, end: number): readonly Uint8Array[] => {
  const cut = findUsageCut(event, start, end)
  if (cut === undefined) return [event.slice()]
  return cut === 'all' ? [] : [event.slice(0, cut.from), event.slice(cut.to)]
}
