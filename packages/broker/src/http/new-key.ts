import { createVendoError, isVendoError, type VendoError } from '@vendo/contract'
import type { createKeySchema, KeyLimits, SharedLimits } from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import type { z } from 'zod'
import type { MintedKey } from '../keys/mint-key.ts'
import type { EpochMs, KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import { findApp } from './find-app.ts'
import { findConnection } from './find-connection.ts'
import { usdAmount } from './usd-amount.ts'

/** The checked body of `POST /api/keys`. */
export type NewKey = z.output<typeof createKeySchema>

type Subject = Pick<KeyRecord, 'scope' | 'appId' | 'connectionId'>

/** What a key record takes from its surroundings. */
export interface KeyOrigin {
  readonly id: string
  readonly tenantId: string
  readonly now: EpochMs
  readonly minted: MintedKey
}

/**
 * The record of a new key, after every reference and limit in the request was checked. Nothing is written yet.
 *
 * @throws {VendoError} `validation_failed`, `not_found` for an app or connection the tenant does not have,
 *   `connection_revoked`.
 */
export const newKey = async (
  store: DirectoryStore,
  { id, tenantId, now, minted }: KeyOrigin,
  request: NewKey,
): Promise<KeyRecord> => ({
  id,
  tenantId,
  kind: request.kind,
  ...(await subjectOf(store, tenantId, request)),
  name: request.name ?? '',
  hash: minted.hash,
  display: minted.display,
  limits: checkLimits(request.kind, request.limits ?? {}),
  createdAt: now,
  expiresAt: checkExpiry(request.expires_at, now),
  revokedAt: null,
})

const subjectOf = async (store: DirectoryStore, tenantId: string, request: NewKey): Promise<Subject> => {
  const { kind, app_id: appId, connection_id: connectionId } = request
  if (kind === 'management') {
    if (appId === undefined && connectionId === undefined) return { scope: 'tenant', appId: null, connectionId: null }
    throw invalid('body: a management key names neither `app_id` nor `connection_id`')
  }
  if (appId !== undefined && connectionId === undefined) {
    const app = await findApp(store, { tenantId, id: appId }, 'body `app_id`')
    return { scope: 'app', appId: app.id, connectionId: null }
  }
  if (appId === undefined && connectionId !== undefined) {
    const connection = await findConnection(store, { tenantId, id: connectionId }, 'body `connection_id`')
    if (connection.status === 'revoked') {
      throw createVendoError('body `connection_id`: this connection was revoked', { code: 'connection_revoked' })
    }
    return { scope: 'connection', appId: null, connectionId: connection.id }
  }
  throw invalid('body: an inference key names exactly one of `app_id` and `connection_id`')
}

/**
 * The limits of a key, once they make sense.
 *
 * @throws {VendoError} `validation_failed`.
 */
export const checkLimits = (kind: KeyRecord['kind'], limits: KeyLimits): KeyLimits => {
  if (kind === 'management' && Object.keys(limits).length > 0) {
    throw invalid('body `limits`: a management key makes no calls, so it has no limits')
  }
  assertCaps(limits, 'limits.')
  for (const slug of limits.integrations ?? []) assertKnown(slug)
  return limits
}

/**
 * Refuses caps beyond any money.
 *
 * @param prefix of the names in the body.
 * @throws {VendoError} `validation_failed`.
 */
export const assertCaps = (limits: SharedLimits, prefix = ''): void => {
  for (const name of ['spend_day_usd', 'spend_month_usd', 'spend_total_usd'] as const) {
    const amount = limits[name]
    if (amount !== undefined) usdAmount(amount, `body \`${prefix}${name}\``)
  }
}

const assertKnown = (slug: string): void => {
  try {
    findIntegration(slug)
  } catch (error) {
    throw isVendoError(error) ? invalid(`body \`limits.integrations\`: ${error.message}`) : error
  }
}

/**
 * When a key expires; absent is never.
 *
 * @throws {VendoError} `validation_failed` for an instant that is not in the future.
 */
export const checkExpiry = (expiresAt: string | null | undefined, now: EpochMs): EpochMs | null => {
  if (expiresAt === undefined || expiresAt === null) return null
  const at = Date.parse(expiresAt)
  if (at > now) return at
  throw invalid('body `expires_at`: must be in the future')
}

const invalid = (message: string): VendoError => createVendoError(message, { code: 'validation_failed' })
