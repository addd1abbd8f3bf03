import { createRoute, z } from '@hono/zod-openapi'
import { connectionSchema, createConnectionSchema } from '@vendo/contract/api'
import type { ConnectionRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertBindable } from './bind-app.ts'
import { connectionResponse } from './connection-response.ts'
import { findApp } from './find-app.ts'
import { findConnection } from './find-connection.ts'
import { jsonBody } from './json-body.ts'
import { type NewConnection, newConnection } from './new-connection.ts'
import { managementScopes, requireKey } from './require-key.ts'
import {
  bodyRefusals,
  json,
  jsonRequest,
  managementSecurity,
  named,
  refusals,
  tenantQuery,
} from './route-documentation.ts'
import { selectTenant } from './select-tenant.ts'

const connection = named('Connection', connectionSchema)
const query = z.strictObject({ tenant: tenantQuery })

const createConnectionRoute = createRoute({
  method: 'post',
  path: '/api/connections',
  tags: ['connections'],
  summary: 'Connect an integration',
  description:
    'The secret goes into the vault and comes out of no answer of this API again. `bind` lets apps use it at once.',
  security: managementSecurity,
  middleware: [requireKey(...managementScopes), jsonBody()] as const,
  request: { query, body: jsonRequest(createConnectionSchema) },
  responses: {
    201: json('The new connection.', connection),
    ...refusals(...bodyRefusals, 'provider_unknown', 'not_found'),
  },
})

const listConnectionsRoute = createRoute({
  method: 'get',
  path: '/api/connections',
  tags: ['connections'],
  summary: 'The connections of a tenant',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { query },
  responses: {
    200: json('The connections, revoked ones included.', z.object({ connections: z.array(connection) })),
    ...refusals('validation_failed', 'not_found'),
  },
})

const revokeConnectionRoute = createRoute({
  method: 'delete',
  path: '/api/connections/{id}',
  tags: ['connections'],
  summary: 'Revoke a connection',
  description: 'Takes effect at the next admission. Revoking twice changes nothing.',
  security: managementSecurity,
  middleware: requireKey(...managementScopes),
  request: { query, params: z.object({ id: z.string() }) },
  responses: { 200: json('The revoked connection.', connection), ...refusals('validation_failed', 'not_found') },
})

/** Adds what a tenant does with its connections. */
export const addConnectionRoutes = (api: Api, dependencies: ApiDependencies): void => {
  const { store, onDirectoryChange } = dependencies
  api.openapi(createConnectionRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const body = context.req.valid('json')
    const record = newConnection(dependencies, tenantId, body)
    const appIds = await appsToBind(store, tenantId, body.bind)
    await assertBindable(store, record, appIds)
    await store.createConnection(record)
    await bindAll(store, record, appIds)
    onDirectoryChange()
    return context.json(connectionResponse(record), 201)
  })
  api.openapi(listConnectionsRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    return context.json({ connections: (await store.listConnections(tenantId)).map(connectionResponse) }, 200)
  })
  api.openapi(revokeConnectionRoute, async (context) => {
    const tenantId = await selectTenant(store, context.var.caller.key, context.req.valid('query').tenant)
    const record = await findConnection(store, { tenantId, id: context.req.valid('param').id }, 'address `id`')
    await store.setConnectionStatus(record.id, 'revoked')
    onDirectoryChange()
    return context.json(connectionResponse({ ...record, status: 'revoked' }), 200)
  })
}

/** Every app is looked up before anything is written, so a wrong id leaves no half-bound connection. */
const appsToBind = async (
  store: DirectoryStore,
  tenantId: string,
  bind: NewConnection['bind'],
): Promise<readonly string[]> => {
  if (bind === undefined) return []
  if (bind === 'all') return (await store.listApps(tenantId)).map(({ id }) => id)
  const ids = [...new Set(bind)]
  for (const id of ids) await findApp(store, { tenantId, id }, 'body `bind`')
  return ids
}

const bindAll = async (
  store: DirectoryStore,
  { id: connectionId, tenantId, createdAt }: ConnectionRecord,
  appIds: readonly string[],
): Promise<void> => {
  for (const appId of appIds) await store.createBinding({ appId, connectionId, tenantId, createdAt })
}
