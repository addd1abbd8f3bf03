import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import { type BindingResponse, bindingSchema, createBindingSchema } from '@vendo/contract/api'
import type { BindingRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertBindable } from './bind-app.ts'
import { carryOut } from './carry-out.ts'
import { findApp } from './find-app.ts'
import { findConnection } from './find-connection.ts'
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

const binding = named('Binding', bindingSchema)

const createBindingRoute = createRoute({
  method: 'post',
  path: '/api/bindings',
  tags: ['bindings'],
  summary: 'Let an app use a connection',
  description: 'Repeating a binding changes nothing.',
  security: managementSecurity,
  middleware: [requireKey(...managementScopes), jsonBody(), onlyOnce()] as const,
  request: {
    query: z.strictObject({ tenant: tenantQuery }),
    headers: idempotencyHeaders,
    body: jsonRequest(createBindingSchema),
  },
  responses: { 201: json('The binding.', binding), ...refusals(...onceRefusals, 'not_found', 'connection_revoked') },
})

const listBindingsRoute = createRoute({
  method: 'get',
  path: '/api/bindings',
  tags: ['bindings'],
  summary: 'The bindings of a tenant',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { query: z.strictObject({ tenant: tenantQuery }) },
  responses: {
    200: json('The bindings.', z.object({ bindings: z.array(binding) })),
    ...refusals('validation_failed', 'not_found'),
  },
})

const deleteBindingRoute = createRoute({
  method: 'delete',
  path: '/api/bindings',
  tags: ['bindings'],
  summary: 'Take a connection away from an app',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { query: z.strictObject({ app_id: z.string(), connection_id: z.string(), tenant: tenantQuery }) },
  responses: { 200: json('The binding that was deleted.', binding), ...refusals('validation_failed', 'not_found') },
})

/** Adds what a tenant does with its bindings. */
export const addBindingRoutes = (api: Api, { store, clock, onDirectoryChange }: ApiDependencies): void => {
  api.openapi(createBindingRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const { app_id, connection_id } = context.req.valid('json')
    const app = await findApp(store, { tenantId, id: app_id }, 'body `app_id`')
    const connection = await findConnection(store, { tenantId, id: connection_id }, 'body `connection_id`')
    await assertBindable(store, connection, [app.id])
    const present = await lookUpBinding(store, tenantId, [app.id, connection.id])
    const record = present ?? { appId: app.id, connectionId: connection.id, tenantId, createdAt: clock() }
    const answer = bindingResponse(record)
    const effects = [{ name: 'createBinding', parameter: record }] as const
    await carryOut(context, store, { effects, answer: { status: 201, body: answer } })
    onDirectoryChange()
    return context.json(answer, 201)
  })
  api.openapi(listBindingsRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    return context.json({ bindings: (await store.listBindings(tenantId)).map(bindingResponse) }, 200)
  })
  api.openapi(deleteBindingRoute, async (context) => {
    const { tenant, app_id, connection_id } = context.req.valid('query')
    const tenantId = await selectTenant(store, context.var.caller.key, tenant)
    const record = await findBinding(store, tenantId, [app_id, connection_id])
    await store.deleteBinding(record.appId, record.connectionId)
    onDirectoryChange()
    return context.json(bindingResponse(record), 200)
  })
}

const findBinding = async (
  store: DirectoryStore,
  tenantId: string,
  ids: readonly [string, string],
): Promise<BindingRecord> => {
  const found = await lookUpBinding(store, tenantId, ids)
  if (found !== undefined) return found
  throw createVendoError('This app is not bound to this connection.', { code: 'not_found' })
}

const lookUpBinding = async (
  store: DirectoryStore,
  tenantId: string,
  [appId, connectionId]: readonly [string, string],
): Promise<BindingRecord | undefined> => {
  const bindings = await store.listBindings(tenantId)
  return bindings.find((record) => record.appId === appId && record.connectionId === connectionId)
}

const bindingResponse = ({ appId, connectionId, createdAt }: BindingRecord): BindingResponse => ({
  app_id: appId,
  connection_id: connectionId,
  created_at: instantOf(createdAt),
})
