import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { keySchema, type UpdateKeyBody, updateKeySchema } from '@vendo/contract/api'
import type { KeyChange } from '../store/management-records.ts'
import type { EpochMs, KeyRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertMayGrant } from './assert-may-grant.ts'
import { findKey } from './find-key.ts'
import { jsonBody } from './json-body.ts'
import { keyResponse } from './key-response.ts'
import { checkExpiry, checkLimits } from './new-key.ts'
import { managementScopes, requireKey } from './require-key.ts'
import { bodyRefusals, json, jsonRequest, managementSecurity, named, refusals } from './route-documentation.ts'

const changeKeyRoute = createRoute({
  method: 'patch',
  path: '/api/keys/{id}',
  tags: ['keys'],
  summary: "Change a key's name, limits or expiry",
  description:
    'Takes effect at the next admission. `limits` replaces all limits of the key; what it has spent counts against them. Every change is kept, with its instant and the management key that asked for it.',
  security: managementSecurity,
  middleware: [requireKey(...managementScopes), jsonBody()] as const,
  request: { params: z.object({ id: z.string() }), body: jsonRequest(named('KeyChange', updateKeySchema)) },
  responses: { 200: json('The key as it is now.', named('Key', keySchema)), ...refusals(...bodyRefusals, 'not_found') },
})

/** Adds changes of keys. */
export const addKeyChangeRoutes = (api: Api, { store, clock, onDirectoryChange }: ApiDependencies): void => {
  api.openapi(changeKeyRoute, async (context) => {
    const { key: caller } = context.var.caller
    const record = await findKey(store, caller, context.req.valid('param').id)
    const change = context.req.valid('json')
    if (record.tenantId !== null) {
      await assertMayGrant(store, { caller, tenantId: record.tenantId, limits: change.limits })
    }
    await store.updateKey(changeOf(record, change, { caller, now: clock() }))
    onDirectoryChange()
    return context.json(keyResponse(await findKey(store, caller, record.id)), 200)
  })
}

const changeOf = (
  record: KeyRecord,
  { name, limits, expires_at: expiresAt }: UpdateKeyBody,
  { caller, now }: { readonly caller: KeyRecord; readonly now: EpochMs },
): KeyChange => {
  if (record.revokedAt !== null) {
    throw createVendoError('This key was revoked, for good: create another.', { code: 'validation_failed' })
  }
  return {
    id: record.id,
    tenantId: record.tenantId,
    authorKeyId: caller.id,
    ...(name !== undefined && { name }),
    ...(limits !== undefined && { limits: checkLimits(record.kind, limits) }),
    ...(expiresAt !== undefined && { expiresAt: checkExpiry(expiresAt, now) }),
  }
}
