import { createVendoError } from '@vendo/contract'
import type { KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import { reachesTenant } from './select-tenant.ts'

/**
 * A key by id, if the calling key may see it. A key of another tenant looks exactly like one that does not exist.
 *
 * @throws {VendoError} `not_found`.
 */
export const findKey = async (store: DirectoryStore, caller: KeyRecord, id: string): Promise<KeyRecord> => {
  const key = await store.getKey(id)
  if (key !== null && reachesTenant(caller, key.tenantId)) return key
  throw createVendoError('There is no such key.', { code: 'not_found' })
}
