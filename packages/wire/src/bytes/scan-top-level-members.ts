import { decodeText } from './ascii.ts'
import { scanMembers } from './scan-members.ts'

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
export const scanTopLevelMembers = (bytes: Uint8Array): TopLevelMembers | undefined => {
  const places = scanMembers(bytes, 0, bytes.length)
  if (places === undefined) return undefined
  const seen = new Set<string>()
  const duplicates = new Set<string>()
  const members = places.map(({ unescaped, keyStart, keyEnd, valueStart, valueEnd }) => {
    const key = unescaped ?? decodeText(bytes.subarray(keyStart + 1, keyEnd))
    if (seen.has(key)) duplicates.add(key)
    seen.add(key)
    return { key, keyStart, valueStart, valueEnd }
  })
  return { members, duplicates: [...duplicates] }
}
