import type { ConnectionRecord, KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/** The connections that the app of a key is bound to, oldest binding first, revoked ones included. */
export const boundConnections = async (store: DirectoryStore, key: KeyRecord): Promise<readonly ConnectionRecord[]> => {
  if (key.appId === null) return []
  const bound = await store.listBoundConnections(key.appId)
  return bound.filter(({ tenantId }) => tenantId === key.tenantId)
}
