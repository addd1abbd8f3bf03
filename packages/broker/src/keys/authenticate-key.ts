import {
  createVendoError,
  headerNames,
  inferenceKeyPrefix,
  isWellFormedVendoKey,
  looksLikeVendoKey,
} from '@vendo/contract'
import type { EpochMs, KeyRecord } from '../store/records.ts'

/** Reads one header of a request by its lower-case name. */
export interface HeaderReader {
  get(name: string): string | null | undefined
}

/** Headers in which clients carry a provider's key; a foreign value beside a Vendo key is ignored, because drop-in clients send dummies. */
const sharedCarriers = ['x-api-key', 'api-key', 'x-goog-api-key']
/** Headers that exist for Vendo keys alone, so anything else in them is a mistake worth naming. */
const vendoCarriers = [headerNames.key, headerNames.bifrostKey]

/**
 * Finds the one Vendo key that a request presents, in any credential header or in `?key=`.
 *
 * @throws {VendoError} `app_unknown` when there is none, or one that is not complete; `key_conflict` for two different ones.
 */
export const readPresentedKey = (headers: HeaderReader, queryKey?: string | null): string => {
  const key = presentedKey(headers, queryKey)
  if (key === undefined) {
    throw createVendoError('No Vendo key was sent: it starts with vendo_sk_ and goes into the Authorization header.', {
      code: 'app_unknown',
    })
  }
  if (!isWellFormedVendoKey(key)) {
    throw createVendoError('This Vendo key is incomplete or mistyped: its checksum does not match.', {
      code: 'app_unknown',
    })
  }
  return key
}

const presentedKey = (headers: HeaderReader, queryKey: string | null | undefined): string | undefined => {
  let key: string | undefined
  const look = (value: string | null | undefined): void => {
    const text = value?.trim()
    if (text === undefined || !looksLikeVendoKey(text) || text === key) return
    if (key === undefined) key = text
    else throw createVendoError('Two different Vendo keys were sent in one request.', { code: 'key_conflict' })
  }
  for (const name of sharedCarriers) look(headers.get(name))
  look(headers.get('authorization')?.trim().replace(bearer, ''))
  look(queryKey)
  for (const name of vendoCarriers) {
    const value = headers.get(name)?.trim()
    assertVendoKey(name, value)
    look(value)
  }
  return key
}

const bearer = /^bearer\s+/i

const assertVendoKey = (header: string, value: string | undefined): void => {
  if (value === undefined || value === '' || value.startsWith(inferenceKeyPrefix)) return
  throw createVendoError(`The header ${header} must hold a key that starts with ${inferenceKeyPrefix}.`, {
    code: 'app_unknown',
  })
}

/**
 * Checks that a key may be used now. The hold checks it once more inside its transaction, so this only gives early answers.
 *
 * @throws {VendoError} `app_unknown`, `app_revoked` or `app_expired`.
 */
export const checkKeyRecord = (record: KeyRecord | null, now: EpochMs): KeyRecord => {
  if (record === null) throw createVendoError('This Vendo key is not known here.', { code: 'app_unknown' })
  if (record.revokedAt !== null) throw createVendoError('This Vendo key was revoked.', { code: 'app_revoked' })
  if (record.expiresAt !== null && record.expiresAt <= now) {
    throw createVendoError(`This Vendo key expired at ${new Date(record.expiresAt).toISOString()}.`, {
      code: 'app_expired',
    })
  }
  return record
}
