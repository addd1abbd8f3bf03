import { ascii, decodeText, withoutByteOrderMark } from './ascii.ts'
import { endOfString, endOfValue, skipSpace } from './json-text.ts'

/** Where a member stands in its text, and the member before it. */
interface Member {
  /** The key, where it is written with an escape. */
  readonly unescaped: string | undefined
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly before: Member | undefined
}

/** The members of one JSON object, parsed only when asked for. Where a key occurs twice the last one counts, as in `JSON.parse`. */
export class JsonMembers {
  readonly #json: string
  readonly #last: Member | undefined

  constructor(json: string, last: Member | undefined) {
    this.#json = json
    this.#last = last
  }

  /** The parsed value; `undefined` if there is no such member, or if its text is not JSON. */
  get(key: string): unknown {
    const member = this.#find(key)
    return member === undefined ? undefined : this.#parse(member)
  }

  /** The value if it is a string that holds something. */
  text(key: string): string | undefined {
    const member = this.#find(key)
    if (member === undefined || this.#json.charCodeAt(member.valueStart) !== ascii.quote) return undefined
    const value = this.#parse(member)
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  /** The members of a value that is an object. */
  object(key: string): JsonMembers | undefined {
    const member = this.#find(key)
    return member === undefined ? undefined : readMembers(this.#json, member.valueStart, member.valueEnd)
  }

  /** The value as it is written, such as the digits of a number that a double would round. */
  literal(key: string): string | undefined {
    const member = this.#find(key)
    return member === undefined ? undefined : this.#json.slice(member.valueStart, member.valueEnd)
  }

  /** Whether the value is this string, which has no character that JSON must escape. */
  is(key: string, text: string): boolean {
    const member = this.#find(key)
    if (member === undefined || this.#json.charCodeAt(member.valueStart) !== ascii.quote) return false
    const longer = member.valueEnd - member.valueStart - text.length - 2
    if (longer === 0) return this.#json.startsWith(text, member.valueStart + 1)
    // `\u0041` is five longer than `A`.
    return longer > 0 && longer % 5 === 0 && this.text(key) === text
  }

  /**
   * Whether the value can hold one of these pieces of JSON, in which no character needs an escape. `false` is certain, and
   * costs much less than parsing; after `true` the value has to be looked at.
   */
  mayHold(key: string, pieces: readonly string[]): boolean {
    const start = this.#find(key)?.valueStart
    if (start === undefined) return false
    for (const piece of pieces) if (this.#json.includes(piece, start)) return true
    return this.#json.includes('\\u', start)
  }

  #parse(member: Member): unknown {
    try {
      return JSON.parse(this.#json.slice(member.valueStart, member.valueEnd)) as unknown
    } catch {
      // A malformed value is an unreadable one: the same as absent to a reader that must not throw.
      return undefined
    }
  }

  #find(key: string): Member | undefined {
    let member = this.#last
    while (member !== undefined && !isNamed(this.#json, member, key)) member = member.before
    return member
  }
}

const isNamed = (json: string, member: Member, key: string): boolean =>
  member.unescaped === undefined
    ? member.keyEnd - member.keyStart === key.length && json.startsWith(key, member.keyStart)
    : member.unescaped === key

/** Reads the members of a whole JSON object; `undefined` for anything else, a truncated object included. */
export const parseMembers = (bytes: Uint8Array): JsonMembers | undefined => {
  const json = decodeText(withoutByteOrderMark(bytes))
  return readMembers(json, 0, json.length)
}

/** The same for an object that is a part of a text. */
const readMembers = (json: string, start: number, end: number): JsonMembers | undefined => {
  let position = skipSpace(json, start)
  if (position >= end || json.charCodeAt(position) !== ascii.openBrace) return undefined
  position = skipSpace(json, position + 1)
  if (json.charCodeAt(position) === ascii.closeBrace) {
    return skipSpace(json, position + 1) >= end ? new JsonMembers(json, undefined) : undefined
  }
  let last: Member | undefined
  for (;;) {
    last = readMember(json, position, last)
    if (last === undefined) return undefined
    position = skipSpace(json, last.valueEnd)
    const code = json.charCodeAt(position)
    if (code === ascii.closeBrace) break
    if (code !== ascii.comma) return undefined
    position = skipSpace(json, position + 1)
  }
  return skipSpace(json, position + 1) >= end ? new JsonMembers(json, last) : undefined
}

const readMember = (json: string, position: number, before: Member | undefined): Member | undefined => {
  if (json.charCodeAt(position) !== ascii.quote) return undefined
  const keyStart = position + 1
  let keyEnd = endOfPlainKey(json, keyStart)
  let unescaped: string | undefined
  if (json.charCodeAt(keyEnd) !== ascii.quote) {
    keyEnd = endOfString(json, position)
    unescaped = withoutEscapes(json.slice(keyStart, keyEnd))
    if (unescaped === undefined) return undefined
  }
  const colon = skipSpace(json, keyEnd + 1)
  if (json.charCodeAt(colon) !== ascii.colon) return undefined
  const valueStart = skipSpace(json, colon + 1)
  const valueEnd = endOfValue(json, valueStart)
  return valueEnd < 0 ? undefined : { unescaped, keyStart, keyEnd, valueStart, valueEnd, before }
}

/** Index of the key's quote, or of its first backslash. Keys are short, and walked faster than searched. */
const endOfPlainKey = (json: string, start: number): number => {
  let index = start
  while (index < json.length) {
    const code = json.charCodeAt(index)
    if (code === ascii.quote || code === ascii.backslash) break
    index++
  }
  return index
}

/** `undefined` for a key that does not end, or has an escape that JSON does not know: the text is not JSON. */
const withoutEscapes = (key: string): string | undefined => {
  try {
    return String(JSON.parse(`"${key}"`))
  } catch {
    return undefined
  }
}
