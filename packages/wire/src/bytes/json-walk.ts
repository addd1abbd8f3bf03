import { ascii } from './ascii.ts'

/** How many bytes of a string are looked at one by one before the native search takes over. */
const near = 48

/** Deeper nesting than any API uses is refused, so that a hostile body costs no memory. */
const deepest = 1000

/** Brackets that are open in the walk under way. Walks are synchronous and never nested, so one stack serves them all. */
const brackets = new Uint8Array(deepest)

/** Index of the first byte from `position` on that is not JSON white space; `end` at most. */
export const skipWhitespace = (bytes: Uint8Array, position: number, end: number): number => {
  let index = position
  while (index < end && isWhitespace(bytes[index])) index++
  return index
}

const isWhitespace = (byte: number | undefined): boolean =>
  byte === ascii.space || byte === ascii.lineFeed || byte === ascii.carriageReturn || byte === ascii.tab

/**
 * Index of the quote that closes the string opened at `open`, or -1 if there is none before `end`. Short strings are walked,
 * long ones searched natively, so that both a token and a megabyte of base64 are cheap.
 */
export const closingQuote = (bytes: Uint8Array, open: number, end: number): number => {
  const walked = Math.min(end, open + near)
  let index = open + 1
  while (index < walked) {
    const byte = bytes[index]
    if (byte === ascii.quote) return index
    index += byte === ascii.backslash ? 2 : 1
  }
  return index < end ? searchQuote(bytes, index, end) : -1
}

const searchQuote = (bytes: Uint8Array, from: number, end: number): number => {
  let index = from
  for (;;) {
    const quote = bytes.indexOf(ascii.quote, index)
    if (quote < 0 || quote >= end) return -1
    if (backslashesBefore(bytes, quote, index) % 2 === 0) return quote
    index = quote + 1
  }
}

/** `from` never splits an escape sequence, so that counting down to it gives the right parity. */
const backslashesBefore = (bytes: Uint8Array, position: number, from: number): number => {
  let count = 0
  while (position - count > from && bytes[position - count - 1] === ascii.backslash) count++
  return count
}

/** Index after the value that starts at `position`, or -1 if it does not end before `end`. Scalars are not checked, nesting is. */
export const skipValue = (bytes: Uint8Array, position: number, end: number): number => {
  if (position >= end) return -1
  const first = bytes[position]
  if (first === ascii.quote) {
    const close = closingQuote(bytes, position, end)
    return close < 0 ? -1 : close + 1
  }
  return first === ascii.openBrace || first === ascii.openBracket
    ? skipContainer(bytes, position, end)
    : skipScalar(bytes, position, end)
}

const skipScalar = (bytes: Uint8Array, position: number, end: number): number => {
  let index = position
  while (index < end && isScalarByte(bytes[index] ?? 0)) index++
  return index === position ? -1 : index
}

/** Letters, digits, `+`, `-` and `.`: all that numbers, `true`, `false` and `null` are made of. */
const isScalarByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x30 && byte <= 0x39) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x45

const skipContainer = (bytes: Uint8Array, position: number, end: number): number => {
  let depth = 0
  for (let index = position; index < end; index++) {
    const byte = bytes[index] ?? 0
    if (byte === ascii.quote) {
      index = closingQuote(bytes, index, end)
      if (index < 0) return -1
    } else if (opens(byte)) {
      if (depth === deepest) return -1
      brackets[depth++] = byte
    } else if (closes(byte)) {
      depth--
      if (brackets[depth] !== byte - 2) return -1
      if (depth === 0) return index + 1
    }
  }
  return -1
}

/** One bit tells `[` from `{` and `]` from `}`, and each closing bracket is its opening one plus 2. */
const opens = (byte: number): boolean => (byte | 0x20) === ascii.openBrace

const closes = (byte: number): boolean => (byte | 0x20) === ascii.closeBrace
