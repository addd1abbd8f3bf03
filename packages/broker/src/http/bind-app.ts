import { createVendoError } from '@vendo/contract'
import { findIntegration } from '@vendo/integrations'
import type { ConnectionRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'

/**
 * Refuses to share what only one app can have: an exclusive integration delivers its events to one place.
 *
 * @param appIds the apps that are to be bound.
 * @throws {VendoError} `connection_revoked`, or `validation_failed` when the connection would serve two apps.
 */
export const assertBindable = async (
  store: DirectoryStore,
  { id, integration, tenantId, status }: ConnectionRecord,
  appIds: readonly string[],
): Promise<void> => {
  if (status === 'revoked') {
    throw createVendoError('A revoked connection cannot be bound.', { code: 'connection_revoked', slug: integration })
  }
  if (findIntegration(integration).exclusive !== true) return
  const bound = (await store.listBindings(tenantId)).filter(({ connectionId }) => connectionId === id)
  const apps = new Set([...bound.map(({ appId }) => appId), ...appIds])
  if (apps.size <= 1) return
  throw createVendoError(`A connection for ${integration} can serve one app only.`, {
    code: 'validation_failed',
    slug: integration,
    suggestedFix: 'Delete its present binding, or connect a second one.',
  })
}
