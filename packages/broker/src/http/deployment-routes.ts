import { createRoute } from '@hono/zod-openapi'
import { createVendoError } from '@vendo/contract'
import {
  type DeploymentConnection,
  type DeploymentResponse,
  deploymentConnectionsSchema,
  deploymentSchema,
} from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import type { ConnectionRecord, KeyRecord } from '../store/records.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'
import { boundConnections } from './bound-connections.ts'
import { instantOf } from './instant.ts'
import { requireKey } from './require-key.ts'
import { inferenceSecurity, json, named, refusals } from './route-documentation.ts'

const meRoute = createRoute({
  method: 'get',
  path: '/api/deployments/me',
  tags: ['deployments'],
  summary: 'Who the calling key is',
  security: inferenceSecurity,
  middleware: requireKey('app'),
  responses: { 200: json('The app of the key.', named('Deployment', deploymentSchema)), ...refusals('not_found') },
})

const connectionsRoute = createRoute({
  method: 'get',
  path: '/api/deployments/me/connections',
  tags: ['deployments'],
  summary: 'The connections that the calling app is bound to',
  security: inferenceSecurity,
  middleware: requireKey('app'),
  responses: { 200: json('Oldest binding first.', deploymentConnectionsSchema), ...refusals() },
})

/** Adds what an app may ask about itself. */
export const addDeploymentRoutes = (api: Api, { store }: ApiDependencies): void => {
  api.openapi(meRoute, async (context) => context.json(await deploymentOf(store, context.var.caller.key), 200))
  api.openapi(connectionsRoute, async (context) => {
    const bound = await boundConnections(store, context.var.caller.key)
    return context.json({ connections: bound.map(deploymentConnection) }, 200)
  })
}

const deploymentOf = async (store: DirectoryStore, { id, appId }: KeyRecord): Promise<DeploymentResponse> => {
  const app = appId === null ? null : await store.getApp(appId)
  if (app === null) throw createVendoError('The app of this key does not exist.', { code: 'not_found' })
  return { id: app.id, name: app.name, tenant_id: app.tenantId, key_id: id }
}

const troubles = {
  connected: null,
  needs_reauth: 'The connection must be connected again.',
  revoked: 'The connection was revoked.',
} satisfies Record<ConnectionRecord['status'], string | null>

const deploymentConnection = (connection: ConnectionRecord): DeploymentConnection => {
  const integration = findIntegration(connection.integration)
  return {
    id: connection.id,
    external_id: connection.id,
    slug: integration.slug,
    display_name: connection.name,
    category: integration.category,
    profile: connection.profile,
    status: connection.status,
    metadata: connection.metadata,
    credential: null,
    setup_url: null,
    error_message: troubles[connection.status],
    connected_at: instantOf(connection.createdAt),
    logo_url: integration.logoUrl ?? '',
    brand_color: integration.brandColor,
    docs_url: integration.docsUrl,
    env_bootstrap: null,
  }
}
