import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError, headerNames, isVendoError } from '@vendo/contract'
import { bulkCredentialsSchema, type CredentialResponse, credentialSchema } from '@vendo/contract/api'
import { findIntegration } from '@vendo/integrations'
import type { ConnectionRecord, KeyRecord } from '../store/records.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api, ApiCaller } from './api-environment.ts'
import { boundConnections } from './bound-connections.ts'
import { type ConnectionChoice, chooseConnection } from './choose-connection.ts'
import { credentialOf } from './credential-of.ts'
import { requireKey } from './require-key.ts'
import { inferenceSecurity, json, named, refusals } from './route-documentation.ts'

const mostSlugs = 100

const bulkRoute = createRoute({
  method: 'get',
  path: '/credentials/_bulk',
  tags: ['credentials'],
  summary: 'What the app presents to several integrations',
  description: 'A slug that the app cannot use now is null; ask for it alone to learn why.',
  security: inferenceSecurity,
  middleware: requireKey('app'),
  request: { query: z.strictObject({ slugs: z.string().openapi({ example: 'anthropic,openai' }) }) },
  responses: {
    200: json('One credential, or null, for each slug.', bulkCredentialsSchema),
    ...refusals('validation_failed'),
  },
})

const getRoute = createRoute({
  method: 'get',
  path: '/credentials/{slug}',
  tags: ['credentials'],
  summary: 'What the app presents to an integration',
  description:
    'For an integration that the broker proxies: the calling key itself and the `base_url` where it works. For any other: the usable token.',
  security: inferenceSecurity,
  middleware: requireKey('app'),
  request: {
    params: z.object({ slug: z.string() }),
    headers: z.object({
      [headerNames.connection]: z.string().optional().openapi({ description: 'Picks one of several connections.' }),
    }),
  },
  responses: {
    200: json('The credential.', named('Credential', credentialSchema)),
    ...refusals(
      'provider_unknown',
      'binding_missing',
      'connection_revoked',
      'connection_needs_reauth',
      'validation_failed',
    ),
  },
})

/** Adds the addresses where an app asks for its credentials. */
export const addCredentialRoutes = (api: Api, dependencies: ApiDependencies): void => {
  api.openapi(bulkRoute, async (context) => {
    const { caller } = context.var
    const bound = await boundConnections(dependencies.store, caller.key)
    const tokens: Record<string, CredentialResponse | null> = Object.create(null)
    for (const slug of parseSlugs(context.req.valid('query').slugs)) {
      tokens[slug] = usableOrNull(() => credentialFor(dependencies, caller, { bound, slug }))
    }
    return context.json({ tokens }, 200)
  })
  api.openapi(getRoute, async (context) => {
    const { caller } = context.var
    const { slug } = findIntegration(context.req.valid('param').slug)
    const bound = await boundConnections(dependencies.store, caller.key)
    const wanted = context.req.header(headerNames.connection)
    return context.json(credentialFor(dependencies, caller, { bound, slug, wanted }), 200)
  })
}

const credentialFor = (
  dependencies: ApiDependencies,
  caller: ApiCaller,
  { bound, ...choice }: ConnectionChoice & { readonly bound: readonly ConnectionRecord[] },
): CredentialResponse => {
  assertIntegrationAllowed(caller.key, choice.slug)
  return credentialOf(dependencies, caller, chooseConnection(bound, choice))
}

const assertIntegrationAllowed = ({ limits }: KeyRecord, slug: string): void => {
  if (limits.integrations !== undefined && !limits.integrations.includes(slug)) {
    throw createVendoError(`This key may not use ${slug}.`, { code: 'key_scope', slug })
  }
}

const parseSlugs = (text: string): ReadonlySet<string> => {
  const slugs = new Set(text.split(',').map((slug) => slug.trim()))
  slugs.delete('')
  if (slugs.size === 0 || slugs.size > mostSlugs) {
    throw createVendoError(
      `query parameter \`slugs\`: must name 1 to ${mostSlugs} integrations, as in "anthropic,openai"`,
      {
        code: 'validation_failed',
      },
    )
  }
  return slugs
}

/** Reasons that concern one slug only; anything else fails the whole request. */
const unusable: ReadonlySet<string> = new Set([
  'binding_missing',
  'connection_revoked',
  'connection_needs_reauth',
  'key_scope',
])

const usableOrNull = (credential: () => CredentialResponse): CredentialResponse | null => {
  try {
    return credential()
  } catch (error) {
    if (isVendoError(error) && unusable.has(error.code)) return null
    throw error
  }
}
