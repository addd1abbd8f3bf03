import type { Integration } from './define-integration.ts'

/** The variables of one integration, as the SDK looks for them. */
export interface EnvTableRow {
  /** Holds the key or token. */
  readonly primary: string
  /** Where a user's own env may hold it instead; never injected. */
  readonly aliases: readonly string[]
  /** Hold the base URL; `suffix` is what the value has after the broker's address. The first one found counts. */
  readonly baseUrl: readonly { readonly name: string; readonly suffix: '' | '/v1' }[]
  /** The token rotates, so a value in the environment is a user's own, never an injected one. */
  readonly rotating: boolean
}

/**
 * What the SDK needs to know of a catalog entry.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` when the entry does not have exactly one variable for its key or token.
 */
export const envTableRow = ({ slug, connectionEnvVars, profiles }: Integration): EnvTableRow => {
  const holders = connectionEnvVars.filter(
    ({ source }) => source.from === 'vendoApiKey' || source.from === 'credential',
  )
  const [primary] = holders
  if (primary === undefined || holders.length > 1) {
    throw Object.assign(new TypeError(`${slug} needs exactly one variable that holds its key or token`), {
      code: 'ERR_INVALID_ARG_VALUE',
    })
  }
  return {
    primary: primary.name,
    aliases: primary.aliases ?? [],
    baseUrl: connectionEnvVars.flatMap(({ name, source }) =>
      source.from === 'proxyBaseUrl' ? [{ name, suffix: source.suffix }] : [],
    ),
    rotating: profiles.every((profile) => profile === 'oauth_refresh'),
  }
}
