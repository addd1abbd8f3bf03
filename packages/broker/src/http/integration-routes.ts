import { createRoute, z } from '@hono/zod-openapi'
import { type IntegrationResponse, integrationSchema, integrationsSchema } from '@vendo/contract/api'
import { catalog, findIntegration, type Integration } from '@vendo/integrations'
import type { Api } from './api-environment.ts'
import { json, publicRefusals } from './route-documentation.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/api/integrations',
  tags: ['integrations'],
  summary: 'The catalog',
  responses: { 200: json('Every integration, by slug.', integrationsSchema), ...publicRefusals() },
})

const getRoute = createRoute({
  method: 'get',
  path: '/api/integrations/{slug}',
  tags: ['integrations'],
  summary: 'One entry of the catalog',
  request: { params: z.object({ slug: z.string() }) },
  responses: { 200: json('The integration.', integrationSchema), ...publicRefusals('provider_unknown') },
})

/** Adds the public catalog. */
export const addIntegrationRoutes = (api: Api): void => {
  api.openapi(listRoute, (context) =>
    context.json({ integrations: Object.values(catalog).map(integrationResponse) }, 200),
  )
  api.openapi(getRoute, (context) =>
    context.json(integrationResponse(findIntegration(context.req.valid('param').slug)), 200),
  )
}

const integrationResponse = (integration: Integration): IntegrationResponse => ({
  slug: integration.slug,
  name: integration.name,
  category: integration.category,
  profiles: [...integration.profiles],
  auto_discovery: integration.autoDiscovery,
  env_vars: integration.connectionEnvVars.map(({ name, secret }) => ({ name, secret })),
  docs_url: integration.docsUrl,
})
