import type { CallSubject } from '../outbox/outbox-entry.ts'
import type { Admission } from './records.ts'

/** Whose call an admission is, as outbox and events name it. */
export const subjectOf = (requestId: string, { caller, target, metered }: Admission): CallSubject => ({
  requestId,
  tenantId: caller.tenantId,
  keyId: caller.key.id,
  appId: caller.key.appId,
  integration: target.provider.slug,
  model: metered?.model ?? null,
})
