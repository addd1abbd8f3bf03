/** How every inference key starts. */
export const inferenceKeyPrefix = 'vendo_sk_'
/** How every management key starts. */
export const managementKeyPrefix = 'vendo_mk_'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomLength = 32
const checksumLength = 6
const shape = new RegExp(`^vendo_[sm]k_[0-9A-Za-z]{${randomLength + checksumLength}}$`)

/** Whether a value was meant as a Vendo key of either kind: decides which credential of a request counts. */
export const looksLikeVendoKey = (value: string): boolean =>
  value.startsWith(inferenceKeyPrefix) || value.startsWith(managementKeyPrefix)

/** Whether a Vendo key of either kind stands anywhere in a text: such a text must not reach a provider. */
export const mentionsVendoKey = (text: string): boolean =>
  text.includes(inferenceKeyPrefix) || text.includes(managementKeyPrefix)

/** Whether a Vendo key is complete: right length, right alphabet, right checksum. Needs no network, catches every typo. */
export const isWellFormedVendoKey = (value: string): boolean =>
  shape.test(value) && value.endsWith(checksum(value.slice(0, -checksumLength)))

/**
 * Builds a key from random bytes: the prefix, 32 base62 characters (190 bits), and a checksum of 6.
 *
 * @param random at least 64 bytes from a cryptographic source; bytes of 248 and more are skipped, so that every character is equally likely.
 * @throws {RangeError} when too few bytes are left after skipping.
 */
export const formatVendoKey = (
  prefix: typeof inferenceKeyPrefix | typeof managementKeyPrefix,
  random: Uint8Array,
): string => {
  const usable = [...random].filter((byte) => byte < 4 * alphabet.length).slice(0, randomLength)
  if (usable.length < randomLength) throw new RangeError('formatVendoKey needs more random bytes')
  const body = prefix + usable.map((byte) => alphabet.charAt(byte % alphabet.length)).join('')
  return body + checksum(body)
}

/** A key as people may see it: its prefix and last four characters. */
export const maskVendoKey = (key: string): string => `${key.slice(0, inferenceKeyPrefix.length)}…${key.slice(-4)}`

const checksum = (text: string): string => {
  let rest = crc32(text)
  let encoded = ''
  for (let position = 0; position < checksumLength; position++) {
    encoded = alphabet.charAt(rest % alphabet.length) + encoded
    rest = Math.floor(rest / alphabet.length)
  }
  return encoded
}

const crcOfByte = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** CRC-32 (reflected, polynomial 0xEDB88320) of ASCII text. */
const crc32 = (text: string): number => {
  let crc = 0xffffffff
  for (let index = 0; index < text.length; index++) {
    crc = (crc >>> 8) ^ (crcOfByte[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
