import { looksLikeVendoKey, Secret } from '@vendo/contract'
import { envTable, isKnownSlug } from '@vendo/integrations'
import { findProvider, providers } from '@vendo/integrations/providers'
import type { ProviderKey } from '../local/seed-connections.ts'
import { CliError } from '../terminal/cli-error.ts'
import { textOf, type Variables } from './read-dotenv.ts'

/** Where keys are looked for: the environment first, then a `.env` file. */
export interface KeySources {
  readonly env: Variables
  readonly dotenv?: Variables | undefined
}

/** A {@link ProviderKey}, with the names of what it was found in. */
export type FoundKey = ProviderKey & { readonly variable: string }

/** Slugs of the integrations whose calls the broker forwards. */
export const proxiedSlugs: readonly string[] = Object.keys(providers)

/**
 * The provider keys that a user's own environment and `.env` hold, for integrations that the broker proxies. Vendo keys are
 * none. A base URL that the user has set counts: the call goes where it would have gone without Vendo.
 *
 * @throws {CliError} for a base URL that cannot be an upstream.
 */
export const findProviderKeys = (sources: KeySources): readonly FoundKey[] =>
  proxiedSlugs.flatMap((slug) => {
    const found = findKeyPlace(slug, sources)
    if (found === undefined) return []
    const upstreamOrigin = findUpstreamOrigin(slug, found.baseUrls)
    return [{ ...found.key, ...(upstreamOrigin !== undefined && { upstreamOrigin }) }]
  })

/** The user's own key for one integration. */
export const findKey = (slug: string, sources: KeySources): FoundKey | undefined => findKeyPlace(slug, sources)?.key

interface KeyPlace {
  readonly key: FoundKey
  /** Where a base URL for this key may stand. */
  readonly baseUrls: readonly Variables[]
}

const findKeyPlace = (slug: string, { env, dotenv }: KeySources): KeyPlace | undefined => {
  // A file of the folder may not lead a key of the environment elsewhere.
  const inFile = dotenv === undefined ? [] : [{ variables: dotenv, baseUrls: [dotenv, env] }]
  for (const { variables, baseUrls } of [{ variables: env, baseUrls: [env] }, ...inFile]) {
    for (const variable of keyVariables(slug)) {
      const text = textOf(variables, variable)
      if (text === undefined || looksLikeVendoKey(text)) continue
      return { key: { slug, secret: new Secret(text), variable }, baseUrls }
    }
  }
  return undefined
}

/** The variables that may hold an integration's key or token, the usual one first. */
export const keyVariables = (slug: string): readonly string[] =>
  isKnownSlug(slug) ? [envTable[slug].primary, ...envTable[slug].aliases] : []

/** Every variable that gives an app an integration's credential: its keys, the SDK's override, and what only its own client reads. */
export const credentialVariables = (slug: string): readonly string[] => [
  ...keyVariables(slug),
  `VENDO_TOKEN_${slug.toUpperCase().replaceAll('-', '_')}`,
  ...(clientOnly[slug] ?? []),
]

/** Not keys that Vendo could use, but the official clients send them. */
const clientOnly: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['ANTHROPIC_AUTH_TOKEN'],
  openai: ['AZURE_OPENAI_API_KEY', 'OPENAI_ADMIN_KEY'],
}

/** The variables that may hold an integration's base URL. */
export const baseUrlVariables = (slug: string): readonly string[] =>
  isKnownSlug(slug) ? envTable[slug].baseUrl.map(({ name }) => name) : []

const findUpstreamOrigin = (slug: string, places: readonly Variables[]): string | undefined => {
  for (const variables of places) {
    for (const name of baseUrlVariables(slug)) {
      const text = textOf(variables, name)
      if (text !== undefined) return originOf(slug, name, text)
    }
  }
  return undefined
}

/** `undefined` for the address of a broker. An address with a path of its own is refused: the broker would lose the path. */
const originOf = (slug: string, name: string, text: string): string | undefined => {
  if (!URL.canParse(text)) throw new CliError(`${name} is not a URL.`, `Correct it, or unset it.`)
  const { origin, pathname } = new URL(text)
  const path = pathname.replace(/\/+$/, '')
  if (isBrokerPath(slug, path)) return undefined
  const { pathPrefix = '', origin: own } = findProvider(slug) ?? {}
  if (!['', '/v1', pathPrefix, `${pathPrefix}/v1`].includes(path)) {
    throw new CliError(
      `${name} has the path ${path}, which calls through the broker would lose.`,
      `Unset it for this command (\`env -u ${name} vendo …\`) to call ${own ?? slug} itself.`,
    )
  }
  return origin
}

/** `/anthropic/v1` is how a broker's own addresses end. */
const isBrokerPath = (slug: string, path: string): boolean => path === `/${slug}` || path === `/${slug}/v1`
