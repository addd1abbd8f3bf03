import type { KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/**
 * Whether a key may see list prices and margins of this tenant's calls on the operator's credentials: an operator's key may, a
 * tenant's own keys only where the operator made the tenant transparent. What ran on the tenant's own credential is its own.
 */
export const seesListPrices = async (
  store: Pick<DirectoryStore, 'listTenants'>,
  key: Pick<KeyRecord, 'scope'>,
  tenantId: string | null,
): Promise<boolean> => {
  if (key.scope === 'operator') return true
  return (await store.listTenants()).some(({ id, transparent }) => id === tenantId && transparent === true)
}
