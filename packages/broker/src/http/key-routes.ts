import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { createdKeySchema, createKeySchema, keySchema } from '@vendo/contract/api'
import { mintKey } from '../keys/mint-key.ts'
import type { KeyRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertMayGrant } from './assert-may-grant.ts'
import { carryOut } from './carry-out.ts'
import { credentialsToOwner } from './credentials-to-owner.ts'
import { findKey } from './find-key.ts'
import { jsonBody } from './json-body.ts'
import { keyResponse } from './key-response.ts'
import { newKey } from './new-key.ts'
import { onlyOnce } from './only-once.ts'
import { withheldAnswer } from './replayed-answer.ts'
import { managementScopes, requireKey } from './require-key.ts'
import {
  idempotencyHeaders,
  json,
  jsonRequest,
  managementSecurity,
  named,
  onceRefusals,
  refusals,
  tenantQuery,
} from './route-documentation.ts'
import { selectTenant } from './select-tenant.ts'

const key = named('Key', keySchema)
const query = z.strictObject({ tenant: tenantQuery })

const createKeyRoute = createRoute({
  method: 'post',
  path: '/api/keys',
  tags: ['keys'],
  summary: 'Create a key',
  description:
    'This answer is the only one that ever holds the whole key: the broker keeps its SHA-256. So a repetition with the same `Idempotency-Key` creates nothing and is refused with `idempotency_conflict`, which names the key that was created.',
  security: managementSecurity,
  middleware: [requireKey(...managementScopes), jsonBody(), onlyOnce()] as const,
  request: { query, headers: idempotencyHeaders, body: jsonRequest(createKeySchema) },
  responses: {
    201: json('The new key.', named('CreatedKey', createdKeySchema)),
    ...refusals(...onceRefusals, 'not_found', 'connection_revoked'),
  },
})

const listKeysRoute = createRoute({
  method: 'get',
  path: '/api/keys',
  tags: ['keys'],
  summary: 'The keys of a tenant, or the operator’s own',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: {
    query: query.extend({
      scope: z.literal('operator').optional().openapi({ description: "For operator keys: the operator's own keys." }),
    }),
  },
  responses: {
    200: json('The keys, revoked ones included.', z.object({ keys: z.array(key) })),
    ...refusals('validation_failed', 'not_found'),
  },
})

const revokeKeyRoute = createRoute({
  method: 'delete',
  path: '/api/keys/{id}',
  tags: ['keys'],
  summary: 'Revoke a key',
  description: 'Takes effect at the next admission. Revoking twice keeps the first instant.',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: json('The revoked key.', key), ...refusals('validation_failed', 'not_found') },
})

/** Adds what a tenant does with its keys. */
export const addKeyRoutes = (api: Api, { store, clock, newId, onDirectoryChange }: ApiDependencies): void => {
  api.openapi(createKeyRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const request = context.req.valid('json')
    await assertMayGrant(store, { caller: context.var.caller.key, tenantId, limits: request.limits })
    const minted = mintKey(request.kind)
    const record = await newKey(store, { id: newId('key'), tenantId, now: clock(), minted }, request)
    const reason = `The first request with this Idempotency-Key created ${record.id} (${record.display}), which was shown once.`
    const effects = [{ name: 'createKey', parameter: record }] as const
    await carryOut(context, store, { effects, answer: withheldAnswer(reason) })
    onDirectoryChange()
    return context.json({ ...keyResponse(record), key: credentialsToOwner(minted.key) }, 201)
  })
  api.openapi(listKeysRoute, async (context) => {
    const { scope, tenant } = context.req.valid('query')
    const { key: caller } = context.var.caller
    const tenantId = scope === 'operator' ? operatorsOwn(caller) : await selectTenant(store, caller, tenant)
    return context.json({ keys: (await store.listKeys(tenantId)).map(keyResponse) }, 200)
  })
  api.openapi(revokeKeyRoute, async (context) => {
    const record = await findKey(store, context.var.caller.key, context.req.valid('param').id)
    const now = clock()
    await store.revokeKey(record.id, now)
    onDirectoryChange()
    return context.json(keyResponse({ ...record, revokedAt: record.revokedAt ?? now }), 200)
  })
}

/** What the store calls the owner of operator keys. */
const operatorsOwn = ({ scope }: KeyRecord): null => {
  if (scope === 'operator') return null
  throw createVendoError("Only an operator key sees the operator's keys.", { code: 'key_scope' })
}
