import { createRoute, z } from '@hono/zod-openapi'
import { connectionSchema, createConnectionSchema } from '@vendo/contract/api'
import type { Effect } from '../store/management-records.ts'
import type { ConnectionRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { assertBindable } from './bind-app.ts'
import { carryOut } from './carry-out.ts'
import { connectionResponse } from './connection-response.ts'
import { findApp } from './find-app.ts'
import { findConnection } from './find-connection.ts'
import { jsonBody } from './json-body.ts'
import { type NewConnection, newConnection } from './new-connection.ts'
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
  middleware: [requireKey(...managementScopes), jsonBody(), onlyOnce()] as const,
  request: { query, headers: idempotencyHeaders, body: jsonRequest(createConnectionSchema) },
  responses: {
    201: json('The new connection.', connection),
    ...refusals(...onceRefusals, 'provider_unknown', 'not_found'),
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
    const answer = connectionResponse(record)
    const effects = [{ name: 'createConnection', parameter: record } as const, ...bindingsOf(record, appIds)]
    await carryOut(context, store, { effects, answer: { status: 201, body: answer } })
    onDirectoryChange()
    return context.json(answer, 201)
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

const bindingsOf = (
  { id: connectionId, tenantId, createdAt }: ConnectionRecord,
  appIds: readonly string[],
): readonly Effect<'createBinding'>[] =>
  appIds.map((appId) => ({ name: 'createBinding', parameter: { appId, connectionId, tenantId, createdAt } }))
