import { createVendoError } from '@vendo/contract'
import type { KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/**
 * The tenant a request is about. A tenant's own keys reach that tenant and no other; an operator key names one, or means
 * the only one there is.
 *
 * @throws {VendoError} `key_scope` for somebody else's tenant, `not_found` for one that does not exist,
 *   `validation_failed` when the operator must choose.
 */
export const selectTenant = async (
  store: DirectoryStore,
  key: KeyRecord,
  wanted: string | undefined,
): Promise<string> => {
  if (key.tenantId !== null) {
    if (wanted === undefined || wanted === key.tenantId) return key.tenantId
    throw createVendoError('This key belongs to one tenant and cannot reach another.', { code: 'key_scope' })
  }
  const tenants = await store.listTenants()
  if (wanted !== undefined) {
    if (tenants.some(({ id }) => id === wanted)) return wanted
    throw createVendoError('The query parameter `tenant` names no tenant.', { code: 'not_found' })
  }
  const [only, ...others] = tenants
  if (only !== undefined && others.length === 0) return only.id
  throw createVendoError(
    only === undefined
      ? 'There is no tenant yet: create one with POST /api/tenants.'
      : `There are ${tenants.length} tenants: name one in the query parameter \`tenant\`.`,
    { code: 'validation_failed' },
  )
}

/** Whether a key may see a record of this tenant: operator keys see all, others their own. */
export const reachesTenant = (key: KeyRecord, tenantId: string | null): boolean =>
  key.tenantId === null || key.tenantId === tenantId
