import { ascii, decodeText, encodeText, startsWithAt } from '../bytes/ascii.ts'
import { type JsonMembers, parseMembers } from '../bytes/json-members.ts'
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

/** Watched keys by {@link slotOf}. */
type ScanTable = readonly (readonly WatchedKey[] | undefined)[]

/** A table is made once for each wire format, not for each of its streams. */
const tables = new WeakMap<ScanKeys, ScanTable>()

const tableOf = (keys: ScanKeys): ScanTable => {
  const known = tables.get(keys)
  if (known !== undefined) return known
  const table = createTable(keys)
  tables.set(keys, table)
  return table
}

const createTable = ({ visibleKeys, wholeKeys = {}, markedKeys = {}, usageKey }: ScanKeys): ScanTable => {
  const watched: readonly (readonly [string, Role, number])[] = [
    ...structural,
    ...(usageKey === undefined ? [] : [[usageKey, 'usage', 1] as const]),
    ...withRole(visibleKeys, 'visible'),
    ...withRole(wholeKeys, 'whole'),
    ...withRole(markedKeys, 'marked'),
  ]
  const table: WatchedKey[][] = []
  for (const [key, role, deepest] of watched) {
    const bytes = encodeText(key)
    const slot = slotOf(bytes.length, bytes[0])
    table[slot] = [...(table[slot] ?? []), { bytes, role, deepest }]
  }
  return Array.from(table)
}

/** A number that few keys share: nearly every other string is told from the watched ones by it alone. */
const slotOf = (length: number, first: number | undefined): number => length * 32 + ((first ?? 0) & 31)

const nothing = new Uint8Array(0)

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
  /** The event: a window on bytes that are valid until {@link release}. */
  #data: Uint8Array = nothing
  #start = 0
  #end = 0
  /** The last type seen, kept with its bytes: a stream repeats few types, and decoding each costs more than the rest. */
  #typeBytes: Uint8Array = nothing
  #typeText = ''
  readonly #table: ScanTable

  constructor(keys: ScanKeys) {
    this.#table = tableOf(keys)
  }

  run(data: Uint8Array, start = 0, end = data.length): void {
    this.#data = data
    this.#start = start
    this.#end = end
    this.visibleBytes = 0
    this.type = undefined
    this.hasUsage = false
    this.hasError = false
    this.hasCitations = false
    this.marked = false
    this.#walk(data, end)
  }

  /** Forgets the bytes of the last event. */
  release(): void {
    this.#data = nothing
    this.#start = 0
    this.#end = 0
  }

  /** Whether the data is exactly this. */
  is(bytes: Uint8Array): boolean {
    return this.#end - this.#start === bytes.length && startsWithAt(this.#data, bytes, this.#start)
  }

  /** The members of the event, for the few that are worth parsing; `undefined` if the data is no JSON object. */
  members(): JsonMembers | undefined {
    return parseMembers(this.#data.subarray(this.#start, this.#end))
  }

  #walk(data: Uint8Array, end: number): void {
    let depth = 0
    for (let index = this.#start; index < end; index++) {
      const byte = data[index]
      if (byte === ascii.quote) {
        const close = closingQuote(data, index, end)
        if (close < 0) return
        index = this.#readString(index, close, depth)
      } else if (byte === ascii.openBrace || byte === ascii.openBracket) depth++
      else if (byte === ascii.closeBrace || byte === ascii.closeBracket) depth--
    }
  }

  /** Index of the last byte that is done with: the string's own end, or the end of the value that a watched key has. */
  #readString(open: number, close: number, depth: number): number {
    const data = this.#data
    const candidates = this.#table[slotOf(close - open - 1, data[open + 1])]
    if (candidates === undefined) return close
    const colon = skipWhitespace(data, close + 1, this.#end)
    if (colon >= this.#end || data[colon] !== ascii.colon) return close
    const role = this.#roleOf(candidates, open + 1, depth)
    if (role === undefined) return close
    const value = skipWhitespace(data, colon + 1, this.#end)
    return value < this.#end && data[value] === ascii.quote ? this.#seeText(value, role) : this.#seeOther(value, role)
  }

  #roleOf(candidates: readonly WatchedKey[], start: number, depth: number): Role | undefined {
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index]
      if (candidate === undefined || depth > candidate.deepest) continue
      if (startsWithAt(this.#data, candidate.bytes, start)) return candidate.role
    }
    return undefined
  }

  #seeText(value: number, role: Role): number {
    const close = closingQuote(this.#data, value, this.#end)
    const end = close < 0 ? this.#end : close
    if (role === 'visible' || role === 'whole') this.visibleBytes += end - value - 1
    else if (role === 'marked') this.marked = true
    else if (role === 'type') this.type = this.#readType(value + 1, end)
    else if (role === 'error') this.hasError = true
    return end
  }

  #readType(start: number, end: number): string {
    if (end - start !== this.#typeBytes.length || !startsWithAt(this.#data, this.#typeBytes, start)) {
      this.#typeBytes = this.#data.slice(start, end)
      this.#typeText = decodeText(this.#typeBytes)
    }
    return this.#typeText
  }

  #seeOther(value: number, role: Role): number {
    const first = value < this.#end ? this.#data[value] : undefined
    if (role === 'whole') return this.#seeWhole(value)
    if (role === 'marked') this.marked = true
    else if (role === 'usage') this.hasUsage ||= first === ascii.openBrace
    else if (role === 'error') this.hasError ||= first === ascii.openBrace
    else if (role === 'citations' && first === ascii.openBracket) {
      const element = skipWhitespace(this.#data, value + 1, this.#end)
      this.hasCitations ||= element >= this.#end || this.#data[element] !== ascii.closeBracket
    }
    return value - 1
  }

  #seeWhole(value: number): number {
    const end = skipValue(this.#data, value, this.#end)
    const after = end < 0 ? this.#end : end
    this.visibleBytes += after - value
    return after - 1
  }
}

const withRole = (keys: KeyDepths, role: Role) =>
  Object.entries(keys).map(([key, depth]): readonly [string, Role, number] => [key, role, depth])
