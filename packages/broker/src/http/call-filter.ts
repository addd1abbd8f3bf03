import { createVendoError } from '@vendo/contract'
import type { KeyRecord } from '../store/records.ts'

/** Whose calls a request asks for. */
export interface CallFilter {
  readonly keyId?: string
  readonly appId?: string
}

/** The filter as the query names it. */
interface WantedCalls {
  readonly key_id?: string | undefined
  readonly app_id?: string | undefined
}

/**
 * Narrows what a caller asks for to what it may see: an app key sees the calls of that key alone.
 *
 * @throws {VendoError} `key_scope` when an app key asks for another key or app.
 */
export const callFilter = (caller: KeyRecord, { key_id: keyId, app_id: appId }: WantedCalls): CallFilter => {
  if (caller.kind === 'management') {
    return { ...(keyId === undefined ? {} : { keyId }), ...(appId === undefined ? {} : { appId }) }
  }
  if ((keyId ?? caller.id) !== caller.id || (appId ?? caller.appId) !== caller.appId) {
    throw createVendoError('An app key sees its own calls only.', { code: 'key_scope' })
  }
  return { keyId: caller.id }
}
