import { createCipheriv, createDecipheriv, createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto'
import { Secret } from '@vendo/contract'
import type { SealedSecret } from '../store/records.ts'
import { parseKeyEncryptionKey } from './key-encryption-key.ts'
import { VaultError } from './vault-error.ts'

/** Where a sealed secret belongs. It opens only there: a row copied to another tenant, connection or field is unreadable. */
export interface SealContext {
  readonly tenantId: string
  readonly connectionId: string
  /** Which secret of the connection, such as `secret` or `refresh_token`. */
  readonly field: string
  /** Counts rotations of the same field, so that an older row cannot stand in for a newer one. Default 1. */
  readonly version?: number
}

/** Keeps upstream credentials. Each record has its own data key, wrapped by the key-encryption key. */
export interface Vault {
  seal(secret: Secret, context: SealContext): SealedSecret
  /** @throws {VaultError} `vault_unreadable` when the record was changed, moved, or sealed with another key. */
  open(sealed: SealedSecret, context: SealContext): Secret
}

const envelopeVersion = 1
const keyIdBytes = 8
const nonceBytes = 12
const tagBytes = 16
const dataKeyBytes = 32
const headerBytes = 1 + keyIdBytes
const wrappedBytes = nonceBytes + dataKeyBytes + tagBytes

/**
 * Opens the vault with AES-256-GCM. An envelope is `version | key id | wrapped data key | sealed secret`, where each of
 * the last two is `nonce | ciphertext | tag`; both authenticate the header and the context.
 *
 * @throws {VaultError} `vault_key_invalid` when the key is not 32 bytes in base64 or hex.
 */
export const createVault = ({ keyEncryptionKey }: { readonly keyEncryptionKey: Secret }): Vault => {
  const wrappingKey = parseKeyEncryptionKey(keyEncryptionKey)
  const header = Buffer.concat([Buffer.of(envelopeVersion), keyId(wrappingKey)])
  return {
    seal(secret, context) {
      const bound = authenticatedData(header, context)
      const dataKey = randomBytes(dataKeyBytes)
      const wrapped = encrypt(wrappingKey, dataKey, bound)
      const ciphertext = encrypt(createSecretKey(dataKey), Buffer.from(secret.reveal(), 'utf8'), bound)
      dataKey.fill(0)
      return { envelope: Buffer.concat([header, wrapped, ciphertext]).toString('base64url') }
    },
    open(sealed, context) {
      const envelope = Buffer.from(sealed.envelope, 'base64url')
      const bound = authenticatedData(header, context)
      try {
        if (!envelope.subarray(0, headerBytes).equals(header)) throw new RangeError('another version or key')
        const dataKey = decrypt(wrappingKey, envelope.subarray(headerBytes, headerBytes + wrappedBytes), bound)
        const secret = decrypt(createSecretKey(dataKey), envelope.subarray(headerBytes + wrappedBytes), bound)
        dataKey.fill(0)
        return new Secret(secret.toString('utf8'))
      } catch {
        // The cause would tell a forger which part failed, so it is dropped.
        throw new VaultError('vault_unreadable', 'A stored credential cannot be opened with this vault key.', {
          suggestedFix: 'Start with the vault key that sealed it, or connect the integration again.',
        })
      }
    },
  }
}

/** Tells a record sealed with another key from a damaged one, without telling anything about the key. */
const keyId = (key: KeyObject): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from('vendo vault key id\0'), key.export()]), 'buffer').subarray(0, keyIdBytes)

/** A JSON array, because ids joined by a separator could be cut in two places. */
const authenticatedData = (header: Buffer, { tenantId, connectionId, field, version = 1 }: SealContext): Buffer =>
  Buffer.concat([header, Buffer.from(JSON.stringify([tenantId, connectionId, field, version]))])

const encrypt = (key: KeyObject, plaintext: Buffer, authenticated: Buffer): Buffer => {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(authenticated)
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

const decrypt = (key: KeyObject, sealed: Buffer, authenticated: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(authenticated)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), decipher.final()])
}
