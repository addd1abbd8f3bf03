import { createVendoError } from '@vendo/contract'
import type { ConnectionRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/**
 * A connection of a tenant by id. One of another tenant looks exactly like one that does not exist.
 *
 * @param place where the id stands, for the message.
 * @throws {VendoError} `not_found`.
 */
export const findConnection = async (
  store: DirectoryStore,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  place: string,
): Promise<ConnectionRecord> => {
  const connection = await store.getConnection(id)
  if (connection !== null && connection.tenantId === tenantId) return connection
  throw createVendoError(`${place}: there is no such connection`, { code: 'not_found' })
}
