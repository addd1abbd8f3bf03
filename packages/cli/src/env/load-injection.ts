import { looksLikeVendoKey, type Secret } from '@vendo/contract'
import { credentialSchema, type DeploymentConnection, deploymentConnectionsSchema } from '@vendo/contract/api'
import { type Connection, catalog, type EnvVars, isKnownSlug, resolveDeploymentEnvVars } from '@vendo/integrations'
import { type ApiClient, createApiClient } from '../http/api-client.ts'

/** Whose variables to work out. */
export interface InjectionInput {
  /** The broker's address, without a trailing slash. */
  readonly url: string
  /** The inference key that the app will present. */
  readonly appKey: Secret
  readonly appId: string
}

/** An app's variables, and the integrations that they are for. */
export interface Injection extends EnvVars {
  readonly slugs: readonly string[]
}

/**
 * Asks the broker what the app is bound to, and works out the variables to inject.
 *
 * @throws {VendoError} what the broker refuses with; `validation_failed` when two connections claim one variable.
 */
export const loadInjection = async ({ url, appKey, appId }: InjectionInput): Promise<Injection> => {
  const client = createApiClient({ url, key: appKey })
  const bound = await client.send({
    path: '/api/deployments/me/connections',
    parse: (body) => deploymentConnectionsSchema.parse(body).connections,
  })
  const usable = firstOfEach(bound)
  const connections: Connection[] = []
  for (const connection of usable) connections.push(await withCredential(client, connection))
  const deployment = {
    id: appId,
    vendoApiKey: appKey,
    brokerUrl: url,
    proxyBaseUrl: (slug: string) => `${url}/${slug}`,
  }
  return { ...resolveDeploymentEnvVars({ connections, deployment }), slugs: usable.map(({ slug }) => slug) }
}

/** The broker itself uses the oldest binding that works, and so does the app. */
const firstOfEach = (bound: readonly DeploymentConnection[]): readonly DeploymentConnection[] => {
  const first = new Map<string, DeploymentConnection>()
  for (const connection of bound) {
    const { slug, status } = connection
    if (status === 'connected' && isKnownSlug(slug) && !first.has(slug)) first.set(slug, connection)
  }
  return [...first.values()]
}

const withCredential = async (client: ApiClient, connection: DeploymentConnection): Promise<Connection> => {
  const { slug, profile, metadata, id } = connection
  if (!needsCredential(slug) || profile === 'oauth_refresh') return { slug, profile, metadata }
  const credential = await client.send({
    path: `/credentials/${slug}`,
    headers: { 'x-vendo-connection': id },
    parse: (body) => credentialSchema.parse(body).access_token,
  })
  return { slug, profile, metadata, ...(!looksLikeVendoKey(credential) && { credential }) }
}

/** Whether the app holds the provider's own token, because the broker does not proxy the integration. */
const needsCredential = (slug: string): boolean =>
  isKnownSlug(slug) && catalog[slug].connectionEnvVars.some(({ source }) => source.from === 'credential')
