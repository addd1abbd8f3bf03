import { ascii, decodeText, encodeText, startsWithAt } from '../bytes/ascii.ts'
import { GrowableBytes } from '../bytes/growable-bytes.ts'
import { type MemberSpan, scanTopLevelMembers } from '../bytes/scan-top-level-members.ts'
import type { Transducer } from '../transducer.ts'

const dataPrefix = encodeText('data:')
const largestEvent = 8 * 1024 * 1024

/**
 * Hides from the client of an OpenAI chat stream that usage was asked for on its behalf: drops the chunk that carries only
 * usage, and cuts `"usage":null` out of the others. Every other byte passes, comments and `[DONE]` included, and only an
 * event that is not whole yet is held back. An event too large to be a usage chunk passes as it is.
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

  push(chunk: Uint8Array): readonly Uint8Array[] {
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

  end(): readonly Uint8Array[] {
    const bytes = this.#held.view()
    const out: Uint8Array[] = []
    const last = { start: this.#lineStart, end: bytes.length }
    if (startsWithAt(bytes, dataPrefix, last.start)) this.#dataLines.push(last)
    if (bytes.length > 0) this.#emit(bytes, 0, out)
    this.#held.clear()
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
  const data = event.subarray(start, end)
  const members = scanTopLevelMembers(data)?.members
  const index = members?.findLastIndex(({ key }) => key === 'usage') ?? -1
  const usage = members?.[index]
  if (members === undefined || usage === undefined) return [event.slice()]
  if (valueText(data, usage) === 'null') {
    const { from, to } = spanOfMember(members, index)
    return [event.slice(0, start + from), event.slice(start + to)]
  }
  return isUsageOnly(data, members, usage) ? [] : [event.slice()]
}

const isUsageOnly = (data: Uint8Array, members: readonly MemberSpan[], usage: MemberSpan): boolean => {
  const choices = members.findLast(({ key }) => key === 'choices')
  if (choices === undefined || data[usage.valueStart] !== ascii.openBrace) return false
  return /^\[\s*\]$/.test(
    decodeText(data.subarray(choices.valueStart, Math.min(choices.valueEnd, choices.valueStart + 64))),
  )
}

const valueText = (data: Uint8Array, { valueStart, valueEnd }: MemberSpan): string =>
  decodeText(data.subarray(valueStart, Math.min(valueEnd, valueStart + 8)))

/** A member with the one comma that it needs. */
const spanOfMember = (members: readonly MemberSpan[], index: number): { from: number; to: number } => {
  const before = members[index - 1]
  const member = members[index]
  const after = members[index + 1]
  const to = member?.valueEnd ?? 0
  if (before !== undefined) return { from: before.valueEnd, to }
  return { from: member?.keyStart ?? 0, to: after?.keyStart ?? to }
}
