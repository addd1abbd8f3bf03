import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Secret } from '@vendo/contract'
import { VaultError } from './vault-error.ts'

/** Length of a key-encryption key in bytes (AES-256). */
export const keyEncryptionKeyBytes = 32

/** How to make a key-encryption key, for messages. */
export const keyEncryptionKeyRecipe =
  'Make one with `openssl rand -base64 32` and keep it: without it no credential opens.'

const hexShape = /^[0-9a-fA-F]{64}$/
const base64Shape = /^[0-9A-Za-z+/_-]{43}=?$/

/**
 * Reads 32 bytes written as base64, base64url or hex; surrounding whitespace is ignored.
 *
 * @throws {VaultError} `vault_key_invalid` for anything else; the message does not repeat the text.
 */
export const parseKeyEncryptionKey = (text: Secret): KeyObject => {
  const trimmed = text.reveal().trim()
  const bytes = hexShape.test(trimmed) ? Buffer.from(trimmed, 'hex') : decodeBase64(trimmed)
  if (bytes === undefined || bytes.every((byte) => byte === bytes[0])) {
    throw new VaultError('vault_key_invalid', 'The vault key is not 32 random bytes in base64 or hex.', {
      suggestedFix: keyEncryptionKeyRecipe,
    })
  }
  return createSecretKey(bytes)
}

const decodeBase64 = (text: string): Buffer | undefined => {
  if (!base64Shape.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === keyEncryptionKeyBytes ? bytes : undefined
}
