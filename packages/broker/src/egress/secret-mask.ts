import type { Secret } from '@vendo/contract'

const star = '*'.charCodeAt(0)
/** Shorter values would blank ordinary text. */
const shortestMasked = 8

/** Blanks an injected credential wherever a provider echoes it. Lengths stay as they were, so framing does too. */
export interface SecretMask {
  readonly text: (value: string) => string
  /** Returns the same chunk when the secret is not in it; an occurrence cut by a chunk's end is caught in error bodies, which are buffered. */
  readonly bytes: (chunk: Buffer) => Buffer
}

/** Creates the mask for one request's credential. */
export const createSecretMask = (secret: Secret): SecretMask => {
  const value = secret.reveal()
  if (value.length < shortestMasked) return { text: (text) => text, bytes: (chunk) => chunk }
  const needle = Buffer.from(value)
  return {
    text: (text) => (text.includes(value) ? text.replaceAll(value, '*'.repeat(value.length)) : text),
    bytes: (chunk) => {
      let at = chunk.indexOf(needle)
      if (at < 0) return chunk
      const masked = Buffer.from(chunk)
      for (; at >= 0; at = masked.indexOf(needle, at + needle.length)) masked.fill(star, at, at + needle.length)
      return masked
    },
  }
}
