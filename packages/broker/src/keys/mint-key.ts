import { randomBytes } from 'node:crypto'
import { formatVendoKey, inferenceKeyPrefix, managementKeyPrefix, maskVendoKey, Secret } from '@vendo/contract'
import { hashKey } from './hash-key.ts'

/** A key that was just made. Only `hash` and `display` may be kept; `key` is shown once and forgotten. */
export interface MintedKey {
  readonly key: Secret
  /** SHA-256 of the key, hex: what the store keeps. */
  readonly hash: string
  /** What people may see, such as `vendo_sk_…a1B2`. */
  readonly display: string
}

/** Makes a fresh inference (`vendo_sk_…`) or management (`vendo_mk_…`) key from 190 random bits. */
export const mintKey = (kind: 'inference' | 'management'): MintedKey => {
  // 32 characters are needed and one byte in 32 is skipped: 128 bytes fall short less often than once in 2⁴⁰⁰ keys.
  const key = formatVendoKey(kind === 'inference' ? inferenceKeyPrefix : managementKeyPrefix, randomBytes(128))
  return { key: new Secret(key), hash: hashKey(key), display: maskVendoKey(key) }
}
