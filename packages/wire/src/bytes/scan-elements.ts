import { ascii, plainBytes } from './ascii.ts'
import { skipValue, skipWhitespace } from './json-walk.ts'

/** The elements of a JSON array that are whole. */
export interface ArrayElements {
  readonly elements: readonly Uint8Array[]
  /** The array ends, and nothing comes after it. */
  readonly closed: boolean
}

/** Cuts a JSON array, which may break off anywhere, into its elements; `undefined` for what is no array. */
export const scanElements = (json: Uint8Array): ArrayElements | undefined => {
  const bytes = plainBytes(json)
  let position = skipWhitespace(bytes, 0)
  if (bytes[position] !== ascii.openBracket) return undefined
  const elements: Uint8Array[] = []
  position = skipWhitespace(bytes, position + 1)
  while (position < bytes.length && bytes[position] !== ascii.closeBracket) {
    const end = skipValue(bytes, position)
    if (end < 0) return { elements, closed: false }
    elements.push(bytes.subarray(position, end))
    position = skipWhitespace(bytes, end)
    if (bytes[position] === ascii.comma) position = skipWhitespace(bytes, position + 1)
    else if (bytes[position] !== ascii.closeBracket) return { elements, closed: false }
  }
  return { elements, closed: position < bytes.length && skipWhitespace(bytes, position + 1) >= bytes.length }
}
