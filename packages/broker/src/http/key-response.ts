import type { KeyResponse } from '@vendo/contract/api'
import type { KeyRecord } from '../store/records.ts'
import { instantOf, instantOrNull } from './instant.ts'

/** A key as people may see it: neither the key nor its hash. */
export const keyResponse = (key: KeyRecord): KeyResponse => ({
  id: key.id,
  tenant_id: key.tenantId,
  kind: key.kind,
  scope: key.scope,
  name: key.name,
  display: key.display,
  app_id: key.appId,
  connection_id: key.connectionId,
  limits: key.limits,
  created_at: instantOf(key.createdAt),
  expires_at: instantOrNull(key.expiresAt),
  revoked_at: instantOrNull(key.revokedAt),
})
