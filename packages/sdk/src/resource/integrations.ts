import { createVendoError, type Profile } from '@vendo/contract'
import type { ApiClient } from '../http/api-client.ts'
import { fields, flag, listOf, type Shaped, text } from '../http/shape.ts'
import type { IntegrationRow } from '../integration-row.ts'
import type { Settings } from '../settings.ts'
import { createSlugError, isSlug, overrideVariable, type Slug, suggestSlug } from '../slug.ts'

/** A variable of an integration. */
export interface EnvVariable {
  readonly name: string
  /** Must not be printed or logged. */
  readonly secret: boolean
}

/** A catalog entry. `null` = not known without a Vendo API. */
export interface Integration {
  readonly slug: string
  readonly name: string
  readonly category: string | null
  readonly profiles: readonly (Profile | (string & {}))[] | null
  /** Whether the provider's own client works with nothing but the injected variables. */
  readonly autoDiscovery: boolean | null
  readonly envVars: readonly EnvVariable[]
  readonly docsUrl: string | null
}

/** The catalog. */
export interface Integrations {
  /** Every entry: from the Vendo API where the client has a key, else from the SDK's own table; custom ones last. */
  list(): Promise<readonly Integration[]>
  /** One entry. Rejects with `provider_unknown`, and the slug that was probably meant. */
  get(slug: Slug): Promise<Integration>
  /** The variables that hold an integration's credential and base URL; asks nobody. Rejects with `provider_unknown`. */
  envVars(slug: Slug): Promise<readonly EnvVariable[]>
}

const integrationShape = fields({
  slug: text,
  name: text,
  category: text,
  profiles: listOf(text),
  auto_discovery: flag,
  env_vars: listOf(fields({ name: text, secret: flag })),
  docs_url: text,
})
const integrationsShape = fields({ integrations: listOf(integrationShape) })

/** The catalog, from the API or from the SDK's own table. */
export const createIntegrations = (settings: Settings, api: ApiClient): Integrations => {
  const { rows } = settings
  const list = async (): Promise<readonly Integration[]> => {
    if (settings.apiKey === undefined) return [...rows].map(([slug, row]) => ownIntegration(slug, row))
    const { integrations } = await api.get('/api/integrations', integrationsShape)
    const listed = new Set(integrations.map(({ slug }) => slug))
    const custom = [...rows].filter(([slug, { custom: isCustom }]) => isCustom && !listed.has(slug))
    return [...integrations.map(readIntegration), ...custom.map(([slug, row]) => ownIntegration(slug, row))]
  }
  return {
    list,
    get: async (slug) => {
      if (!isSlug(slug)) throw createSlugError(slug)
      const entries = await list()
      const entry = entries.find((candidate) => candidate.slug === slug)
      if (entry === undefined)
        throw createUnknown(
          slug,
          entries.map((candidate) => candidate.slug),
        )
      return entry
    },
    envVars: async (slug) => {
      if (!isSlug(slug)) throw createSlugError(slug)
      const row = rows.get(slug)
      if (row === undefined) throw createUnknown(slug, rows.keys())
      return variablesOf(row)
    },
  }
}

const variablesOf = ({ primary, baseUrlVariables }: IntegrationRow): readonly EnvVariable[] => [
  { name: primary, secret: true },
  ...baseUrlVariables.map((name) => ({ name, secret: false })),
]

const ownIntegration = (slug: string, row: IntegrationRow): Integration => ({
  slug,
  name: slug,
  category: null,
  profiles: null,
  autoDiscovery: null,
  envVars: variablesOf(row),
  docsUrl: null,
})

const readIntegration = (body: Shaped<typeof integrationShape>): Integration => ({
  slug: body.slug,
  name: body.name,
  category: body.category,
  profiles: body.profiles,
  autoDiscovery: body.auto_discovery,
  envVars: body.env_vars,
  docsUrl: body.docs_url,
})

const createUnknown = (slug: string, known: Iterable<string>) => {
  const meant = suggestSlug(slug, known)
  return createVendoError(`There is no integration "${slug}".`, {
    code: 'provider_unknown',
    slug,
    suggestedFix:
      meant === undefined
        ? `Give its token in ${overrideVariable(slug)}, or describe it with the \`integrations\` option.`
        : `Did you mean "${meant}"?`,
  })
}
