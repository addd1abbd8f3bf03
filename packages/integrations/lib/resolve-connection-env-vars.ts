import { createVendoError, inferenceKeyPrefix, type Secret, type VendoError } from '@vendo/contract'
import type { ConnectionEnvVar, EnvVarSource, Integration } from './define-integration.ts'
import type { Connection, Deployment, EnvVars, EnvVarWarning } from './env-vars.ts'
import { findIntegration, type Slug } from './find-integration.ts'

/** What {@link resolveConnectionEnvVars} reads; nothing else, in particular not `process.env`. */
export interface ConnectionEnvVarsInput {
  /** An entry of your own; without it `slug`, or else the connection's slug, is looked up in the catalog. */
  readonly integration?: Integration
  readonly slug?: Slug
  readonly connection: Connection
  readonly deployment: Deployment
}

interface SourceContext {
  readonly integration: Integration
  readonly connection: Connection
  readonly deployment: Deployment
}

/**
 * The variables that an app needs for one bound connection: the exact ones that the provider's official SDK reads.
 *
 * A proxied integration gets the app's own Vendo key and the broker's address whatever the profile, so the upstream key
 * never reaches the app. A rotating OAuth token gives nothing, because it would go stale in the environment: the app asks
 * for it with `token()`.
 *
 * @throws {VendoError} `provider_unknown` for an unknown slug; `validation_failed` when a credential, a required metadata
 * field, the Vendo key or an address is missing or malformed.
 *
 * @example
 * resolveConnectionEnvVars({ slug: 'anthropic', connection, deployment }).vars
 * // { ANTHROPIC_API_KEY: 'vendo_sk_…', ANTHROPIC_BASE_URL: 'http://127.0.0.1:8787/anthropic/v1' }
 */
export const resolveConnectionEnvVars = (input: ConnectionEnvVarsInput): EnvVars => {
  const { connection, deployment } = input
  const integration = input.integration ?? findIntegration(input.slug ?? connection.slug)
  assertProfile(integration, connection)
  if (isRotating(connection)) return { vars: {}, secrets: [], warnings: [] }
  const { slug, connectionEnvVars, autoDiscovery } = integration
  if (!autoDiscovery && connectionEnvVars.some(({ source }) => source.from === 'vendoApiKey')) {
    return { vars: {}, secrets: [], warnings: [autoDiscoveryOff(integration)] }
  }
  const vars: Record<string, string> = {}
  const secrets: string[] = []
  const warnings: EnvVarWarning[] = []
  for (const variable of connectionEnvVars) {
    const value = readSource(variable.source, { integration, connection, deployment })
    if (value === undefined) {
      warnings.push(metadataMissing(slug, variable))
      continue
    }
    vars[variable.name] = value
    if (variable.secret) secrets.push(variable.name)
  }
  return { vars, secrets, warnings }
}

type Reader<From extends EnvVarSource['from']> = (
  source: Extract<EnvVarSource, { from: From }>,
  context: SourceContext,
) => string | undefined

const readers: { readonly [From in EnvVarSource['from']]: Reader<From> } = {
  vendoApiKey: (_, { deployment }) => vendoKeyOf(deployment),
  proxyBaseUrl: ({ suffix }, { integration, deployment }) =>
    assertUrl(deployment.proxyBaseUrl(integration.slug), `proxyBaseUrl(${JSON.stringify(integration.slug)})`) + suffix,
  credential: (_, context) => readCredential(context),
  metadata: (source, context) => readMetadata(source, context),
  literal: ({ value }) => present(value),
}

// Each source is paired with its own reader, which TypeScript cannot follow through the lookup.
const readSource = (source: EnvVarSource, context: SourceContext): string | undefined =>
  (readers[source.from] as Reader<EnvVarSource['from']>)(source as never, context)

const readCredential = ({ integration, connection }: SourceContext): string => {
  if (connection.profile === 'vendo_managed_pool') {
    throw invalid(integration.slug, `the pooled credential of ${integration.slug} may not be injected into an app`)
  }
  const value = present(textOf(connection.credential))
  if (value === undefined) throw invalid(integration.slug, `the connection to ${integration.slug} has no credential`)
  return value
}

const readMetadata = (
  { path, required }: Extract<EnvVarSource, { from: 'metadata' }>,
  { integration, connection }: SourceContext,
): string | undefined => {
  const value = valueAt(connection.metadata, path.split('.'))
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : present(value)
  if (text === undefined && required) {
    throw invalid(integration.slug, `the connection to ${integration.slug} has no metadata ${JSON.stringify(path)}`)
  }
  return text
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (current, key) =>
      typeof current === 'object' && current !== null && Object.hasOwn(current, key)
        ? (current as Record<string, unknown>)[key]
        : undefined,
    value,
  )

const assertProfile = ({ slug, profiles }: Integration, connection: Connection): void => {
  if (connection.slug !== slug) {
    throw invalid(slug, `a connection to ${JSON.stringify(connection.slug)} was given for ${slug}`)
  }
  const declared: readonly string[] = profiles
  const profile = connection.profile === 'composio_managed' ? 'oauth_refresh' : connection.profile
  if (!declared.includes(profile)) {
    throw invalid(slug, `${slug} has no profile ${JSON.stringify(connection.profile)}: it has ${declared.join(', ')}`)
  }
}

const isRotating = ({ profile }: Connection): boolean => profile === 'oauth_refresh' || profile === 'composio_managed'

/**
 * The app's Vendo key.
 *
 * @throws {VendoError} `validation_failed` unless it is an inference key; a management key must never reach an app.
 */
export const vendoKeyOf = ({ vendoApiKey }: Deployment): string => {
  const key = present(textOf(vendoApiKey))
  if (!key?.startsWith(inferenceKeyPrefix)) {
    throw createVendoError(`deployment.vendoApiKey must be an inference key, which starts with ${inferenceKeyPrefix}`, {
      code: 'validation_failed',
    })
  }
  return key
}

/**
 * An http(s) address without trailing slashes.
 *
 * @throws {VendoError} `validation_failed` naming `label`.
 */
export const assertUrl = (value: string, label: string): string => {
  const url = present(value)
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw createVendoError(`deployment.${label} must be an http(s) URL`, { code: 'validation_failed' })
  }
  return url.replace(/\/+$/, '')
}

/** The trimmed text; `undefined` for anything that is not text, empty or blank. */
export const present = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}

const textOf = (value: Secret | string | undefined): string | undefined =>
  typeof value === 'object' ? value.reveal() : value

const invalid = (slug: string, message: string): VendoError =>
  createVendoError(message, { code: 'validation_failed', slug })

const autoDiscoveryOff = ({ slug, name, connectionEnvVars }: Integration): EnvVarWarning => ({
  kind: 'auto_discovery_off',
  slug,
  names: connectionEnvVars.map((variable) => variable.name),
  message: `${name}'s client reads no base URL from the environment, so nothing was injected: use \`clientOptions(${JSON.stringify(slug)})\`.`,
})

const metadataMissing = (slug: string, { name, source }: ConnectionEnvVar): EnvVarWarning => {
  const path = source.from === 'metadata' ? source.path : ''
  return {
    kind: 'metadata_missing',
    slug,
    names: [name],
    path,
    message: `${name} was left out: the connection to ${slug} has no metadata ${JSON.stringify(path)}.`,
  }
}
