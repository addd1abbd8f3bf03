import { createVendoError } from '@vendo/contract'
import type { KeyLimits } from '@vendo/contract/api'
import type { KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/** What a caller wants to allow a key. */
export interface Grant {
  readonly caller: Pick<KeyRecord, 'scope'>
  readonly tenantId: string
  readonly limits: KeyLimits | undefined
}

/**
 * Calls without a bound can overdraw the wallet, and on a pooled credential the operator pays for that: so only the operator
 * may allow them there. A tenant on credentials of its own may.
 *
 * @throws {VendoError} `key_scope`
 */
export const assertMayGrant = async (
  store: Pick<DirectoryStore, 'listConnections'>,
  { caller, tenantId, limits }: Grant,
): Promise<void> => {
  if (limits?.allow_unbounded !== true || caller.scope === 'operator') return
  const connections = await store.listConnections(tenantId)
  if (!connections.some(({ profile }) => profile === 'vendo_managed_pool')) return
  throw createVendoError(
    'body `limits.allow_unbounded`: only an operator key may allow this where a credential is pooled.',
    {
      code: 'key_scope',
      suggestedFix: 'Leave it out, or ask the operator of this broker.',
    },
  )
}
