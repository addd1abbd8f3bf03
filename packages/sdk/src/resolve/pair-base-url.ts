import { createVendoError, looksLikeVendoKey } from '@vendo/contract'
import type { IntegrationRow } from '../integration-row.ts'
import { type EnvSnapshot, parseBaseUrl } from '../settings.ts'

/** A token, where it was found, and where its address may stand. */
export interface TokenPlace {
  readonly slug: string
  readonly token: string
  /** The variable or option that holds the token. */
  readonly name: string
  readonly row: IntegrationRow | undefined
  /** Searched in this order, whole: a key and the address beside it belong together. */
  readonly environments: readonly EnvSnapshot[]
}

/**
 * Puts a token and its base URL together.
 *
 * @throws `base_url_missing` for a Vendo key without an address: a provider's client would send it to the provider;
 * `validation_failed` for an address that is not a URL.
 */
export const pairBaseUrl = (place: TokenPlace): { readonly token: string; readonly baseURL?: string } => {
  const { token, row, environments } = place
  const names = row?.baseUrlVariables ?? []
  for (const env of environments) {
    const name = names.find((candidate) => env.has(candidate))
    const baseURL = name === undefined ? undefined : env.get(name)
    if (name === undefined || baseURL === undefined) continue
    parseBaseUrl(baseURL, name)
    return { token, baseURL }
  }
  if (looksLikeVendoKey(token)) throw createMissing(place)
  return { token }
}

const createMissing = ({ slug, name, row }: TokenPlace) => {
  const [variable] = row?.baseUrlVariables ?? []
  return createVendoError(
    `${name} holds a Vendo key, but ${variable === undefined ? 'no base URL comes with it' : `${variable} is not set`}.`,
    {
      code: 'base_url_missing',
      slug,
      suggestedFix:
        variable === undefined
          ? `Give the provider's own token in ${name}, or let the Vendo API answer: set VENDO_API_KEY and VENDO_BASE_URL.`
          : `Set ${variable} to the broker's address for "${slug}", such as http://127.0.0.1:8787/${slug}.`,
    },
  )
}

/** For a token that somebody chose over the environment's: only a Vendo key takes its address from there. */
export const pairIfVendoKey = (place: TokenPlace): { readonly token: string; readonly baseURL?: string } =>
  looksLikeVendoKey(place.token) ? pairBaseUrl(place) : { token: place.token }
