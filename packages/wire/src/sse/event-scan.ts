import { ascii, decodeText, encodeText, startsWithAt } from '../bytes/ascii.ts'
import { closingQuote, skipValue, skipWhitespace } from '../bytes/json-walk.ts'

/** Keys with the deepest nesting at which they mean what is said of them. */
export type KeyDepths = Readonly<Record<string, number>>

/** What a scan looks out for in the events of one wire format. */
export interface ScanKeys {
  /** Keys whose string values are text that the model generated. */
  readonly visibleKeys: KeyDepths
  /** Keys whose values, objects and all, are what the model generated. */
  readonly wholeKeys?: KeyDepths
  /** Keys that make an event worth parsing. */
  readonly markedKeys?: KeyDepths
  /** Top-level name of the usage object; default `usage`. */
  readonly usageKey?: string
}

/** What the keys to look out for mean: `visible` and `whole` count, the others raise a flag. */
type Role = 'visible' | 'whole' | 'marked' | 'type' | 'usage' | 'error' | 'citations'

interface WatchedKey {
  readonly bytes: Uint8Array
  readonly role: Role
  readonly deepest: number
}

const structural: readonly (readonly [string, Role, number])[] = [
  ['type', 'type', 1],
  ['usage', 'usage', 2],
  ['error', 'error', 3],
  ['annotations', 'citations', 4],
]

/**
 * One pass over the data of one event, without parsing it: enough to know whether parsing is worth it, and how much text the
 * event carries. Strings are skipped as wholes, so that text which looks like JSON is never taken for it. One scan object
 * serves a whole stream; its fields describe the last event.
 */
export class EventScan {
  /** Bytes of generated text; an escape counts as it is written. */
  visibleBytes = 0
  /** The event's own `type`, if it has one. */
  type: string | undefined
  /** There is a `usage` that is an object (not `null`). */
  hasUsage = false
  /** There is an `error` that is an object or a string. */
  hasError = false
  /** There is a list of citations that is not empty. */
  hasCitations = false
  /** One of the marked keys is there. */
  marked = false
  /** The last type seen, kept with its bytes: a stream repeats few types, and decoding each costs more than the rest. */
  #typeBytes = new Uint8Array(0)
  #typeText = ''
  readonly #byLength: (readonly WatchedKey[] | undefined)[] = []

  constructor({ visibleKeys, wholeKeys = {}, markedKeys = {}, usageKey }: ScanKeys) {
    const watched: readonly (readonly [string, Role, number])[] = [
      ...structural,
      ...(usageKey === undefined ? [] : [[usageKey, 'usage', 1] as const]),
      ...withRole(visibleKeys, 'visible'),
      ...withRole(wholeKeys, 'whole'),
      ...withRole(markedKeys, 'marked'),
    ]
    for (const [key, role, deepest] of watched) {
      const bytes = encodeText(key)
      this.#byLength[bytes.length] = [...(this.#byLength[bytes.length] ?? []), { bytes, role, deepest }]
    }
  }

  run(data: Uint8Array): void {
    this.visibleBytes = 0
    this.type = undefined
    this.hasUsage = false
    this.hasError = false
    this.hasCitations = false
    this.marked = false
    let depth = 0
    for (let index = 0; index < data.length; index++) {
      const byte = data[index]
      if (byte === ascii.quote) {
        const close = closingQuote(data, index)
        if (close < 0) return
        index = this.#readString(data, index, close, depth)
      } else if (byte === ascii.openBrace || byte === ascii.openBracket) depth++
      else if (byte === ascii.closeBrace || byte === ascii.closeBracket) depth--
    }
  }

  /** Index of the last byte that is done with: the string's own end, or the end of the value that a watched key has. */
  #readString(data: Uint8Array, open: number, close: number, depth: number): number {
    const candidates = this.#byLength[close - open - 1]
    if (candidates === undefined) return close
    const role = roleOf(candidates, data, open + 1, depth)
    if (role === undefined) return close
    const colon = skipWhitespace(data, close + 1)
    if (data[colon] !== ascii.colon) return close
    const value = skipWhitespace(data, colon + 1)
    return data[value] === ascii.quote ? this.#seeText(data, value, role) : this.#seeOther(data, value, role)
  }

  #seeText(data: Uint8Array, value: number, role: Role): number {
    const close = closingQuote(data, value)
    const end = close < 0 ? data.length : close
    if (role === 'visible' || role === 'whole') this.visibleBytes += end - value - 1
    else if (role === 'marked') this.marked = true
    else if (role === 'type') this.type = this.#readType(data, value + 1, end)
    else if (role === 'error') this.hasError = true
    return end
  }

  #readType(data: Uint8Array, start: number, end: number): string {
    if (end - start !== this.#typeBytes.length || !startsWithAt(data, this.#typeBytes, start)) {
      this.#typeBytes = data.slice(start, end)
      this.#typeText = decodeText(this.#typeBytes)
    }
    return this.#typeText
  }

  #seeOther(data: Uint8Array, value: number, role: Role): number {
    const first = data[value]
    if (role === 'whole') return this.#seeWhole(data, value)
    if (role === 'marked') this.marked = true
    else if (role === 'usage') this.hasUsage ||= first === ascii.openBrace
    else if (role === 'error') this.hasError ||= first === ascii.openBrace
    else if (role === 'citations' && first === ascii.openBracket) {
      this.hasCitations ||= data[skipWhitespace(data, value + 1)] !== ascii.closeBracket
    }
    return value - 1
  }

  #seeWhole(data: Uint8Array, value: number): number {
    const end = skipValue(data, value)
    const after = end < 0 ? data.length : end
    this.visibleBytes += after - value
    return after - 1
  }
}

const withRole = (keys: KeyDepths, role: Role) =>
  Object.entries(keys).map(([key, depth]): readonly [string, Role, number] => [key, role, depth])

const roleOf = (
  candidates: readonly WatchedKey[],
  data: Uint8Array,
  start: number,
  depth: number,
): Role | undefined => {
  for (const { bytes, role, deepest } of candidates) {
    if (depth <= deepest && startsWithAt(data, bytes, start)) return role
  }
  return undefined
}
