import { ascii } from './ascii.ts'
import { skipValue, skipWhitespace } from './json-walk.ts'

/** The elements of a JSON array that are whole. */
export interface ArrayElements {
  readonly elements: readonly Uint8Array[]
  /** The array ends, and nothing comes after it. */
  readonly closed: boolean
}

/** Cuts a JSON array, which may break off anywhere, into its elements; `undefined` for what is no array. */
export const scanElements = (bytes: Uint8Array): ArrayElements | undefined => {
  let position = skipWhitespace(bytes, 0, bytes.length)
  if (bytes[position] !== ascii.openBracket) return undefined
  const elements: Uint8Array[] = []
  position = skipWhitespace(bytes, position + 1, bytes.length)
  while (position < bytes.length && bytes[position] !== ascii.closeBracket) {
    const end = skipValue(bytes, position, bytes.length)
    if (end < 0) return { elements, closed: false }
    elements.push(bytes.subarray(position, end))
    position = skipWhitespace(bytes, end, bytes.length)
    if (bytes[position] === ascii.comma) position = skipWhitespace(bytes, position + 1, bytes.length)
    else if (bytes[position] !== ascii.closeBracket) return { elements, closed: false }
  }
  return {
    elements,
    closed: position < bytes.length && skipWhitespace(bytes, position + 1, bytes.length) >= bytes.length,
  }
}
