/** The bytes that JSON and SSE give a meaning to. */
export const ascii = {
  tab: 0x09,
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 bytes of a string. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text)

/** Text of UTF-8 bytes, a byte order mark included; malformed sequences become U+FFFD. */
export const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes)

/** Whether `bytes` holds exactly `expected` from `offset` on. */
export const startsWithAt = (bytes: Uint8Array, expected: Uint8Array, offset: number): boolean => {
  if (offset + expected.length > bytes.length) return false
  for (let index = 0; index < expected.length; index++) {
    if (bytes[offset + index] !== expected[index]) return false
  }
  return true
}

/** The bytes without a leading UTF-8 byte order mark. */
export const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
