import { ascii, decodeText, startsWithAt } from './ascii.ts'
import { closingQuote, skipValue, skipWhitespace } from './json-walk.ts'

/** Where one member of an object stands in its bytes. The key is not made into a string: comparing its bytes is cheaper. */
export interface MemberPlace {
  /** The key, where it is written with an escape. */
  readonly unescaped: string | undefined
  /** Index of the key's opening quote. */
  readonly keyStart: number
  /** Index of its closing quote. */
  readonly keyEnd: number
  readonly valueStart: number
  /** Index after the value's last byte. */
  readonly valueEnd: number
}

/** Finds the members of the one JSON object between two places; `undefined` for anything else, a truncated object included. */
export const scanMembers = (bytes: Uint8Array, start: number, end: number): readonly MemberPlace[] | undefined => {
  let position = skipWhitespace(bytes, start, end)
  if (position >= end || bytes[position] !== ascii.openBrace) return undefined
  position = skipWhitespace(bytes, position + 1, end)
  const members: MemberPlace[] = []
  if (position < end && bytes[position] === ascii.closeBrace)
    return endsAt(bytes, position + 1, end) ? members : undefined
  for (;;) {
    const member = scanMember(bytes, position, end)
    if (member === undefined) return undefined
    members.push(member)
    position = skipWhitespace(bytes, member.valueEnd, end)
    if (position >= end) return undefined
    if (bytes[position] === ascii.closeBrace) break
    if (bytes[position] !== ascii.comma) return undefined
    position = skipWhitespace(bytes, position + 1, end)
  }
  return endsAt(bytes, position + 1, end) ? members : undefined
}

/** Whether a member's key is this one. */
export const isNamed = (bytes: Uint8Array, member: MemberPlace, key: Uint8Array, text: string): boolean =>
  member.unescaped === undefined
    ? member.keyEnd - member.keyStart - 1 === key.length && startsWithAt(bytes, key, member.keyStart + 1)
    : member.unescaped === text

const scanMember = (bytes: Uint8Array, keyStart: number, end: number): MemberPlace | undefined => {
  if (keyStart >= end || bytes[keyStart] !== ascii.quote) return undefined
  let keyEnd = endOfPlainKey(bytes, keyStart + 1, end)
  let unescaped: string | undefined
  if (bytes[keyEnd] === ascii.backslash) {
    keyEnd = closingQuote(bytes, keyStart, end)
    unescaped = keyEnd < 0 ? undefined : withoutEscapes(bytes.subarray(keyStart + 1, keyEnd))
    if (unescaped === undefined) return undefined
  }
  const colon = skipWhitespace(bytes, keyEnd + 1, end)
  if (colon >= end || bytes[colon] !== ascii.colon) return undefined
  const valueStart = skipWhitespace(bytes, colon + 1, end)
  const valueEnd = skipValue(bytes, valueStart, end)
  return valueEnd < 0 ? undefined : { unescaped, keyStart, keyEnd, valueStart, valueEnd }
}

/** Index of the key's quote, of its first backslash, or `end`. */
const endOfPlainKey = (bytes: Uint8Array, start: number, end: number): number => {
  let index = start
  while (index < end && bytes[index] !== ascii.quote && bytes[index] !== ascii.backslash) index++
  return index
}

/** `undefined` for an escape that JSON does not know: the bytes are not JSON, and the caller is told so. */
const withoutEscapes = (key: Uint8Array): string | undefined => {
  try {
    return String(JSON.parse(`"${decodeText(key)}"`))
  } catch {
    return undefined
  }
}

const endsAt = (bytes: Uint8Array, position: number, end: number): boolean =>
  skipWhitespace(bytes, position, end) >= end
