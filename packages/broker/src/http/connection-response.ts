import type { ConnectionResponse } from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import type { ConnectionRecord } from '../store/records.ts'
import { instantOf } from './instant.ts'

const hidden = '[redacted]'

/** A connection as management keys see it: no credential, and no metadata field that the catalog calls a secret. */
export const connectionResponse = (connection: ConnectionRecord): ConnectionResponse => ({
  id: connection.id,
  tenant_id: connection.tenantId,
  integration: connection.integration,
  profile: connection.profile,
  name: connection.name,
  status: connection.status,
  metadata: withoutSecrets(connection),
  created_at: instantOf(connection.createdAt),
})

const withoutSecrets = ({ integration, metadata }: ConnectionRecord): Record<string, unknown> => {
  const visible: Record<string, unknown> = { ...metadata }
  for (const { source, secret } of findIntegration(integration).connectionEnvVars) {
    if (!secret || source.from !== 'metadata') continue
    const [field = ''] = source.path.split('.')
    if (Object.hasOwn(visible, field)) visible[field] = hidden
  }
  return visible
}
