import { createVendoError, type VendoError } from '@vendo/contract'

/** What a body may consist of at most, before it is parsed. */
export interface StructureLimits {
  /** Members of objects and elements of arrays, at all depths together. */
  readonly maxItems: number
  /** Objects and arrays within each other. */
  readonly maxDepth: number
}

/** What a broker uses unless told otherwise. */
export const defaultStructureLimits: StructureLimits = { maxItems: 200_000, maxDepth: 128 }

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
const space = 0x20
/** A search costs as much as looking at so many bytes. */
const shortBytes = 32

/**
 * Counts the members, elements and depth of JSON in pieces, without building anything: a few bytes of text for each value
 * become a hundred bytes of memory once they are parsed. What is no JSON gives some count; the parser refuses it later.
 */
export class JsonStructure {
  readonly #limits: StructureLimits
  #items = 0
  #depth = 0
  #inText = false
  #escaped = false
  /** An object or array has just begun, and may be empty. */
  #begun = false

  constructor(limits: StructureLimits) {
    this.#limits = limits
  }

  /** @throws {VendoError} `validation_failed` as soon as a limit is passed. */
  add(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) at = this.#inText ? this.#passText(bytes, at) : this.#passValues(bytes, at)
  }

  /**
   * Up to and with the end of a string. Its first bytes are looked at one by one, because most strings are short; then the
   * quote is searched for, because most of a body is long text and a search is quick.
   */
  #passText(bytes: Uint8Array, from: number): number {
    const { length } = bytes
    let at = this.#escaped ? from + 1 : from
    this.#escaped = false
    while (at < length) {
      for (const near = Math.min(at + shortBytes, length); at < near; at++) {
        const byte = bytes[at]
        if (byte === backslash) at++
        else if (byte === quote) return this.#leaveText(at)
      }
      if (at >= length) break
      const found = bytes.indexOf(quote, at)
      const escaped = isEscaped(bytes, at, found < 0 ? length : found)
      if (found < 0) {
        this.#escaped = escaped
        return length
      }
      if (!escaped) return this.#leaveText(found)
      at = found + 1
    }
    this.#escaped = at > length
    return length
  }

  #leaveText(at: number): number {
    this.#inText = false
    return at + 1
  }

  /** Up to and with the quote that begins the next string. */
  #passValues(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (byte <= space) continue
      if (byte === closeBrace || byte === closeBracket) {
        this.#begun = false
        this.#depth--
        continue
      }
      if (this.#begun || byte === comma) this.#count()
      this.#begun = byte === openBrace || byte === openBracket
      if (this.#begun) this.#enter()
      if (byte !== quote) continue
      this.#inText = true
      return at + 1
    }
    return bytes.length
  }

  #count(): void {
    this.#items++
    if (this.#items > this.#limits.maxItems) throw tooManyItems(this.#limits.maxItems)
  }

  #enter(): void {
    this.#depth++
    if (this.#depth > this.#limits.maxDepth) throw tooDeep(this.#limits.maxDepth)
  }
}

/** Whether the byte at `at` follows an odd number of backslashes, of those from `start` on. */
const isEscaped = (bytes: Uint8Array, start: number, at: number): boolean => {
  let first = at
  while (first > start && bytes[first - 1] === backslash) first--
  return (at - first) % 2 === 1
}

const tooManyItems = (max: number): VendoError =>
  createVendoError(`The request body has more than ${max} members and elements.`, {
    code: 'validation_failed',
    suggestedFix: 'Send fewer values in one request, for example in several calls.',
  })

const tooDeep = (max: number): VendoError =>
  createVendoError(`The request body is nested too deeply: more than ${max} objects and arrays within each other.`, {
    code: 'validation_failed',
    suggestedFix: 'Send a flatter body.',
  })
