import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { type ScopeLimitsResponse, scopeLimitsSchema, sharedLimitsSchema } from '@vendo/contract/api'
import type { LimitsChange, ScopeLimits } from '../store/management-records.ts'
import type { KeyRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { findApp } from './find-app.ts'
import { instantOrNull } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { assertCaps } from './new-key.ts'
import { managementScopes, operatorScopes, requireKey } from './require-key.ts'
import {
  bodyRefusals,
  json,
  jsonRequest,
  managementSecurity,
  named,
  refusals,
  tenantQuery,
} from './route-documentation.ts'
import { reachesTenant, selectTenant } from './select-tenant.ts'

const sharedLimits = named('SharedLimits', sharedLimitsSchema)
const scopeLimits = named('ScopeLimits', scopeLimitsSchema)
const query = z.strictObject({ tenant: tenantQuery })
const params = z.object({ id: z.string() })
const replaces =
  'Replaces all of them, from the next admission on. What was spent in the running UTC day, month and minute before counts, and so do the calls that run. Every change is kept, with its instant and the key that asked for it.'

const putAppLimitsRoute = createRoute({
  method: 'put',
  path: '/api/apps/{id}/limits',
  tags: ['limits'],
  summary: 'Set the limits that all keys of an app share',
  description: replaces,
  security: managementSecurity,
  middleware: [requireKey(...managementScopes), jsonBody()] as const,
  request: { params, query, body: jsonRequest(sharedLimits) },
  responses: { 200: json('The limits.', scopeLimits), ...refusals(...bodyRefusals, 'not_found') },
})

const getAppLimitsRoute = createRoute({
  method: 'get',
  path: '/api/apps/{id}/limits',
  tags: ['limits'],
  summary: 'The limits of an app, and what counts against them now',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { params, query },
  responses: { 200: json('The limits.', scopeLimits), ...refusals('validation_failed', 'not_found') },
})

const putTenantLimitsRoute = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/limits',
  tags: ['limits'],
  summary: 'Set the limits that all keys of a tenant share (operator keys)',
  description: replaces,
  security: managementSecurity,
  middleware: [requireKey(...operatorScopes), jsonBody()] as const,
  request: { params, body: jsonRequest(sharedLimits) },
  responses: { 200: json('The limits.', scopeLimits), ...refusals(...bodyRefusals, 'not_found') },
})

const getTenantLimitsRoute = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/limits',
  tags: ['limits'],
  summary: 'The limits of a tenant, and what counts against them now',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { params },
  responses: { 200: json('The limits.', scopeLimits), ...refusals('validation_failed', 'not_found') },
})

/** Adds the limits that many keys share. */
export const addLimitRoutes = (api: Api, { store }: ApiDependencies): void => {
  const show = async (scope: LimitsChange['scope'], tenantId: string): Promise<ScopeLimitsResponse> =>
    limitsResponse(scope, await store.scopeLimits(scope, tenantId))
  const put = async (change: LimitsChange): Promise<ScopeLimitsResponse> => {
    assertCaps(change.limits)
    await store.setLimits(change)
    return show(change.scope, change.tenantId)
  }
  api.openapi(putAppLimitsRoute, async (context) => {
    const { key } = context.var.caller
    const tenantId = await selectTenant(store, key, context.req.valid('query').tenant)
    const { id } = await findApp(store, { tenantId, id: context.req.valid('param').id }, 'address `id`')
    const limits = context.req.valid('json')
    return context.json(await put({ scope: { kind: 'app', id }, tenantId, limits, authorKeyId: key.id }), 200)
  })
  api.openapi(getAppLimitsRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const { id } = await findApp(store, { tenantId, id: context.req.valid('param').id }, 'address `id`')
    return context.json(await show({ kind: 'app', id }, tenantId), 200)
  })
  api.openapi(putTenantLimitsRoute, async (context) => {
    const { key } = context.var.caller
    const tenantId = assertReachable(key, context.req.valid('param').id)
    const limits = context.req.valid('json')
    const scope = { kind: 'tenant', id: tenantId } as const
    return context.json(await put({ scope, tenantId, limits, authorKeyId: key.id }), 200)
  })
  api.openapi(getTenantLimitsRoute, async (context) => {
    const tenantId = assertReachable(context.var.caller.key, context.req.valid('param').id)
    return context.json(await show({ kind: 'tenant', id: tenantId }, tenantId), 200)
  })
}

/** Another tenant looks exactly like one that does not exist, which the store refuses. */
const assertReachable = (key: KeyRecord, tenantId: string): string => {
  if (reachesTenant(key, tenantId)) return tenantId
  throw createVendoError('There is no such tenant.', { code: 'not_found' })
}

const limitsResponse = (
  { kind, id }: LimitsChange['scope'],
  { limits, changedAt, authorKeyId, use }: ScopeLimits,
): ScopeLimitsResponse => ({
  scope: kind,
  id,
  limits,
  changed_at: instantOrNull(changedAt),
  changed_by: authorKeyId,
  use: {
    spend_day_nanos: String(use.dayNanos),
    spend_month_nanos: String(use.monthNanos),
    spend_total_nanos: String(use.totalNanos),
    requests_minute: use.requestsMinute,
    tokens_minute: use.tokensMinute,
    running: use.running,
  },
})
