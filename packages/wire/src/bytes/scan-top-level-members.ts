import { ascii, asciiText, decodeText, plainBytes } from './ascii.ts'
import { closingQuote, skipValue, skipWhitespace } from './json-walk.ts'

/** Where one member of an object stands in its bytes. */
export interface MemberSpan {
  readonly key: string
  /** Index of the key's opening quote. */
  readonly keyStart: number
  readonly valueStart: number
  /** Index after the value's last byte. */
  readonly valueEnd: number
}

/** The members of an object, in order, and the keys that occur more than once. */
export interface TopLevelMembers {
  readonly members: readonly MemberSpan[]
  readonly duplicates: readonly string[]
}

/**
 * Finds the members of a JSON object without parsing their values, for splicing and for reading a few fields of a large
 * body. Every byte of the object is walked: an object that does not end, unbalanced brackets, or bytes after its end give
 * `undefined`. What stands inside a value is not validated; on valid JSON the answer is exact.
 */
export const scanTopLevelMembers = (json: Uint8Array): TopLevelMembers | undefined => {
  const bytes = plainBytes(json)
  let position = skipWhitespace(bytes, 0)
  if (bytes[position] !== ascii.openBrace) return undefined
  position = skipWhitespace(bytes, position + 1)
  const members: MemberSpan[] = []
  const seen = new Set<string>()
  const duplicates = new Set<string>()
  if (bytes[position] === ascii.closeBrace) return endsAt(bytes, position + 1) ? { members, duplicates: [] } : undefined
  for (;;) {
    const member = scanMember(bytes, position)
    if (member === undefined) return undefined
    if (seen.has(member.key)) duplicates.add(member.key)
    seen.add(member.key)
    members.push(member)
    position = skipWhitespace(bytes, member.valueEnd)
    if (bytes[position] === ascii.closeBrace) break
    if (bytes[position] !== ascii.comma) return undefined
    position = skipWhitespace(bytes, position + 1)
  }
  return endsAt(bytes, position + 1) ? { members, duplicates: [...duplicates] } : undefined
}

const scanMember = (bytes: Uint8Array, keyStart: number): MemberSpan | undefined => {
  if (bytes[keyStart] !== ascii.quote) return undefined
  const keyEnd = closingQuote(bytes, keyStart)
  if (keyEnd < 0) return undefined
  const key = decodeKey(bytes.subarray(keyStart + 1, keyEnd))
  const colon = skipWhitespace(bytes, keyEnd + 1)
  if (key === undefined || bytes[colon] !== ascii.colon) return undefined
  const valueStart = skipWhitespace(bytes, colon + 1)
  const valueEnd = skipValue(bytes, valueStart)
  return valueEnd < 0 ? undefined : { key, keyStart, valueStart, valueEnd }
}

const decodeKey = (inner: Uint8Array): string | undefined => {
  const text = asciiText(inner) ?? decodeText(inner)
  if (!text.includes('\\')) return text
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    // An escape that JSON does not know: the bytes are not JSON, and the caller is told so.
    return undefined
  }
}

const endsAt = (bytes: Uint8Array, position: number): boolean => skipWhitespace(bytes, position) >= bytes.length
