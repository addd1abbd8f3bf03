import { createHmac } from 'node:crypto'
import type { Secret } from '@vendo/contract'

/**
 * Tells whether a provider key is the one seen before, without keeping it: useless to anybody who does not hold the vault
 * key.
 */
export const digestSecret = (vaultKey: Secret, slug: string, secret: Secret): string =>
  createHmac('sha256', `vendo provider key\0${vaultKey.reveal()}`)
    .update(`${slug}\0${secret.reveal()}`)
    .digest('base64url')

/** Hashes a key the way the store of the given broker package does. */
export const hashSecret = (hashKey: (key: string) => string, key: Secret): string => hashKey(key.reveal())
