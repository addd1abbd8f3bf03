import { createVendoError } from '@vendo/contract'
import type { AppRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/**
 * An app of a tenant by id. One of another tenant looks exactly like one that does not exist.
 *
 * @param place where the id stands, for the message.
 * @throws {VendoError} `not_found`.
 */
export const findApp = async (
  store: DirectoryStore,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  place: string,
): Promise<AppRecord> => {
  const app = await store.getApp(id)
  if (app !== null && app.tenantId === tenantId) return app
  throw createVendoError(`${place}: there is no such app`, { code: 'not_found' })
}
