import { envTable } from '@vendo/integrations/env-table'
import { readText } from './read-text.ts'
import { type Upstream, upstreams } from './upstream.ts'
import type { CustomIntegration } from './vendo-options.ts'

/** What the SDK knows of one integration: its variables, and where its provider is. */
export interface IntegrationRow {
  readonly primary: string
  readonly aliases: readonly string[]
  /** Variables that may hold the base URL; the first one set counts. */
  readonly baseUrlVariables: readonly string[]
  /** A value in the environment is the user's own, never an injected one. */
  readonly rotating: boolean
  readonly upstream: Upstream | undefined
  /** Given with the `integrations` option. */
  readonly custom: boolean
}

/** The catalog's rows and the custom ones on top, by slug. A custom entry without a variable name is left out. */
export const createRows = (
  custom: Readonly<Record<string, CustomIntegration>>,
): ReadonlyMap<string, IntegrationRow> => {
  const rows = new Map<string, IntegrationRow>()
  for (const [slug, { primary, aliases, baseUrl, rotating }] of Object.entries(envTable)) {
    const baseUrlVariables = baseUrl.map(({ name }) => name)
    rows.set(slug, { primary, aliases, baseUrlVariables, rotating, upstream: upstreams[slug], custom: false })
  }
  for (const [slug, entry] of Object.entries(custom)) {
    const row = rowOf(entry)
    if (row !== undefined) rows.set(slug, row)
  }
  return rows
}

const rowOf = (entry: CustomIntegration | undefined): IntegrationRow | undefined => {
  const primary = readText(entry?.variable)
  if (entry === undefined || primary === undefined) return undefined
  const { aliases = [], baseUrlVariable, baseURL, header } = entry
  return {
    primary,
    aliases,
    baseUrlVariables: baseUrlVariable === undefined ? [] : [baseUrlVariable],
    rotating: false,
    upstream: baseURL === undefined ? undefined : { baseURL, ...(header === undefined ? {} : { header }) },
    custom: true,
  }
}
