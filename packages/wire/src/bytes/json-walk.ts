import { ascii } from './ascii.ts'

/** How many bytes of a string are looked at one by one before the native search takes over. */
const near = 48

/** Deeper nesting than any API uses is refused, so that a hostile body costs no memory. */
const deepest = 1000

/** Index of the first byte from `position` on that is not JSON white space. */
export const skipWhitespace = (bytes: Uint8Array, position: number): number => {
  let index = position
  for (;;) {
    const byte = bytes[index]
    if (byte !== ascii.space && byte !== ascii.lineFeed && byte !== ascii.carriageReturn && byte !== ascii.tab) {
      return index
    }
    index++
  }
}

/**
 * Index of the quote that closes the string opened at `open`, or -1 if the bytes end before it. Short strings are walked,
 * long ones searched natively, so that both a token and a megabyte of base64 are cheap.
 */
export const closingQuote = (bytes: Uint8Array, open: number): number => {
  let index = open + 1
  for (;;) {
    const walked = Math.min(bytes.length, index + near)
    while (index < walked) {
      const byte = bytes[index]
      if (byte === ascii.quote) return index
      index += byte === ascii.backslash ? 2 : 1
    }
    if (index >= bytes.length) return -1
    const quote = bytes.indexOf(ascii.quote, index)
    if (quote < 0) return -1
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

/** Index after the value that starts at `position`, or -1 if it does not end. Scalars are not checked, nesting is. */
export const skipValue = (bytes: Uint8Array, position: number): number => {
  const first = bytes[position]
  if (first === ascii.quote) {
    const close = closingQuote(bytes, position)
    return close < 0 ? -1 : close + 1
  }
  return first === ascii.openBrace || first === ascii.openBracket
    ? skipContainer(bytes, position)
    : skipScalar(bytes, position)
}

const skipScalar = (bytes: Uint8Array, position: number): number => {
  let index = position
  while (index < bytes.length && isScalarByte(bytes[index] ?? 0)) index++
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

const skipContainer = (bytes: Uint8Array, position: number): number => {
  const closers: number[] = []
  for (let index = position; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === ascii.quote) {
      index = closingQuote(bytes, index)
      if (index < 0) return -1
    } else if (byte === ascii.openBrace) closers.push(ascii.closeBrace)
    else if (byte === ascii.openBracket) closers.push(ascii.closeBracket)
    else if (byte === ascii.closeBrace || byte === ascii.closeBracket) {
      if (closers.pop() !== byte) return -1
      if (closers.length === 0) return index + 1
    }
    if (closers.length > deepest) return -1
  }
  return -1
}
