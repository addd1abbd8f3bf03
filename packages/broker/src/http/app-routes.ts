import { createRoute, z } from '@hono/zod-openapi'
import { type AppResponse, appSchema, createAppSchema } from '@vendo/contract/api'
import type { AppRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { carryOut } from './carry-out.ts'
import { instantOf } from './instant.ts'
import { jsonBody } from './json-body.ts'
import { onlyOnce } from './only-once.ts'
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

const app = named('App', appSchema)
const query = z.strictObject({ tenant: tenantQuery })

const createAppRoute = createRoute({
  method: 'post',
  path: '/api/apps',
  tags: ['apps'],
  summary: 'Create an app: one deployment',
  security: managementSecurity,
  middleware: [requireKey(...managementScopes), jsonBody(), onlyOnce()] as const,
  request: { query, headers: idempotencyHeaders, body: jsonRequest(createAppSchema) },
  responses: { 201: json('The new app.', app), ...refusals(...onceRefusals, 'not_found') },
})

const listAppsRoute = createRoute({
  method: 'get',
  path: '/api/apps',
  tags: ['apps'],
  summary: 'The apps of a tenant',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { query },
  responses: {
    200: json('The apps.', z.object({ apps: z.array(app) })),
    ...refusals('validation_failed', 'not_found'),
  },
})

/** Adds what a tenant does with its apps. */
export const addAppRoutes = (api: Api, { store, clock, newId, onDirectoryChange }: ApiDependencies): void => {
  api.openapi(createAppRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const record = { id: newId('app'), tenantId, name: context.req.valid('json').name, createdAt: clock() }
    const answer = appResponse(record)
    const effects = [{ name: 'createApp', parameter: record }] as const
    await carryOut(context, store, { effects, answer: { status: 201, body: answer } })
    onDirectoryChange()
    return context.json(answer, 201)
  })
  api.openapi(listAppsRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    return context.json({ apps: (await store.listApps(tenantId)).map(appResponse) }, 200)
  })
}

const appResponse = ({ id, tenantId, name, createdAt }: AppRecord): AppResponse => ({
  id,
  tenant_id: tenantId,
  name,
  created_at: instantOf(createdAt),
})
