import type { Secret } from '@vendo/contract'

const star = '*'.charCodeAt(0)
/** Shorter values would blank ordinary text. */
const shortestMasked = 8

/** Blanks an injected credential wherever a provider echoes it. Lengths stay as they were, so framing does too. */
export interface SecretMask {
  readonly text: (value: string) => string
  /** Whether the secret stands in a header's name, whose case is gone. */
  readonly inName: (name: string) => boolean
  /** Returns the same bytes when the secret is not in them. */
  readonly bytes: (whole: Buffer) => Buffer
  /** For bytes that come in pieces: finds an occurrence that is cut by the end of one. */
  readonly stream: () => MaskStream
}

/** One body in pieces. What comes out is what went in, but for the secret. */
export interface MaskStream {
  /** Holds back the few bytes at a piece's end that could be the secret's beginning; every other byte comes out at once. */
  push(piece: Buffer): Buffer
  /** What was held back. */
  end(): Buffer
  /** Only looks: whether the secret was in the pieces so far, this one included. Not to be mixed with `push`. */
  found(piece: Buffer): boolean
}

const nothing = Buffer.alloc(0)

// A credential is opened once and used by many requests.
const masks = new WeakMap<Secret, SecretMask>()

/** The mask for a credential. */
export const secretMaskOf = (secret: Secret): SecretMask => {
  const known = masks.get(secret)
  if (known !== undefined) return known
  const mask = createSecretMask(secret)
  masks.set(secret, mask)
  return mask
}

const createSecretMask = (secret: Secret): SecretMask => {
  const value = secret.reveal()
  if (value.length < shortestMasked) {
    return {
      text: (text) => text,
      inName: () => false,
      bytes: (whole) => whole,
      stream: () => ({ push: (piece) => piece, end: () => nothing, found: () => false }),
    }
  }
  const needle = Buffer.from(value)
  const lowerCase = value.toLowerCase()
  const bytes = (whole: Buffer): Buffer => blank(whole, needle)
  return {
    text: (text) => (text.includes(value) ? text.replaceAll(value, '*'.repeat(value.length)) : text),
    inName: (name) => name.length >= lowerCase.length && name.toLowerCase().includes(lowerCase),
    bytes,
    stream: () => {
      let held: Buffer = nothing
      return {
        push: (piece) => {
          const masked = bytes(held.length === 0 ? piece : Buffer.concat([held, piece]))
          const kept = masked.length - prefixAtEnd(masked, needle)
          held = masked.subarray(kept)
          return held.length === 0 ? masked : masked.subarray(0, kept)
        },
        end: () => held,
        found: (piece) => {
          const bytes = held.length === 0 ? piece : Buffer.concat([held, piece])
          held = bytes.subarray(Math.max(0, bytes.length - needle.length + 1))
          return bytes.includes(needle)
        },
      }
    },
  }
}

const blank = (whole: Buffer, needle: Buffer): Buffer => {
  let at = whole.indexOf(needle)
  if (at < 0) return whole
  const masked = Buffer.from(whole)
  for (; at >= 0; at = masked.indexOf(needle, at + needle.length)) masked.fill(star, at, at + needle.length)
  return masked
}

/** How many bytes at the end are a beginning of the needle. */
const prefixAtEnd = (bytes: Buffer, needle: Buffer): number => {
  const first = needle[0] as number
  let at = bytes.indexOf(first, Math.max(0, bytes.length - needle.length + 1))
  for (; at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (needle.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return bytes.length - at
  }
  return 0
}
