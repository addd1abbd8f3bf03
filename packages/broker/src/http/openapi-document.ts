import packageJson from '../../package.json' with { type: 'json' }
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api } from './api-environment.ts'

/**
 * `get /api/apps/{id}/limits` is `getAppsIdLimits`: stable as long as the address is, so that generated clients keep their
 * method names.
 */
export const operationIdOf = (method: string, path: string): string =>
  method +
  path
    .replace(/^\/api(?=\/)/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** Names every operation, and says of those that take no key that they take none. */
const completeOperations = ({ openAPIRegistry: { definitions } }: Api): void => {
  for (const definition of definitions) {
    if (definition.type !== 'route') continue
    const { route } = definition
    route.operationId ??= operationIdOf(route.method, route.path)
    route.security ??= []
  }
}

/** Adds `GET /api/openapi.json`: the document of every route that was added before. */
export const addOpenApiDocument = (api: Api, { publicUrl }: ApiDependencies): void => {
  const { openAPIRegistry: registry } = api
  registry.registerComponent('securitySchemes', 'inferenceKey', {
    type: 'http',
    scheme: 'bearer',
    description:
      "A `vendo_sk_…` key of an app or a connection. `x-api-key`, `api-key`, `x-goog-api-key`, `x-vendo-key` and `x-bf-vk` carry it too, so that a provider's own client can send it.",
  })
  registry.registerComponent('securitySchemes', 'managementKey', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A `vendo_mk_…` key. A tenant’s reaches that tenant; an operator’s reaches every tenant, named by `?tenant=`. It never reaches a provider.',
  })
  completeOperations(api)
  api.doc31('/api/openapi.json', () => ({
    openapi: '3.1.0',
    info: {
      title: 'Vendo broker',
      version: packageJson.version,
      description:
        'Credentials, keys and bills. Every refusal carries its code in the body and in the `Vendo-Error-Code` header, and `x-should-retry: false` where a retry cannot help.',
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: publicUrl() }],
  }))
}
