import { NotConnected } from '@vendo/contract'
import { type ApiClient, createApiClient } from './http/api-client.ts'
import { createBoundFetch } from './http/bound-fetch.ts'
import { type CredentialCache, createCredentialCache } from './resolve/credential-cache.ts'
import { type Explanation, explainTrace } from './resolve/explain.ts'
import { createCredentialLoader } from './resolve/load-credentials.ts'
import { readDotenv, runtimeFiles } from './resolve/read-dotenv.ts'
import { reachesApi, runSources } from './resolve/run-sources.ts'
import type { Lookup, Resolved } from './resolve/source.ts'
import { type Billing, createBilling } from './resource/billing.ts'
import { type Connections, createConnections } from './resource/connections.ts'
import { createIntegrations, type Integrations } from './resource/integrations.ts'
import { type Fetch, readSettings, type Settings } from './settings.ts'
import { createSlugError, isSlug, type Slug } from './slug.ts'
import type { VendoOptions } from './vendo-options.ts'

/** What the Anthropic, OpenAI and AI SDK clients take. */
export interface ClientOptions {
  readonly apiKey: string
  readonly baseURL?: string
}

/**
 * Finds the credential of an integration: from the app's own environment and `.env`, or, with a Vendo key, from the Vendo
 * API. Whether there is a Vendo key is settled when the client is built.
 *
 * Constructing never throws and reads nothing but the environment; methods that return a promise only reject, always with
 * a `VendoError`. Nothing is ever printed.
 *
 * @example
 * const vendo = new Vendo()
 * const anthropic = new Anthropic(await vendo.clientOptions('anthropic'))
 */
export class Vendo {
  /** The connections this app is bound to; in OSS mode those that the environment holds. */
  readonly connections: Connections
  /** The catalog. */
  readonly integrations: Integrations
  /** The wallet and what was spent; needs a Vendo key. */
  readonly billing: Billing
  readonly #settings: Settings
  readonly #cache: CredentialCache

  constructor(options: VendoOptions = {}) {
    const settings = readSettings(options ?? {})
    const api: ApiClient = createApiClient(settings)
    this.#settings = settings
    this.#cache = createCredentialCache(createCredentialLoader(api), Date.now)
    this.billing = createBilling(api)
    this.integrations = createIntegrations(settings, api)
    this.connections = createConnections({ settings, api, resolve: (slug) => this.resolve(slug) })
  }

  /** Whether this client has a Vendo key, and with it a Vendo API to ask. */
  isVendoMode(): boolean {
    return this.#settings.apiKey !== undefined
  }

  /**
   * The token, the address it works at, and where both were found.
   *
   * Rejects with `NotConnected` when no source has one, `base_url_missing` when a Vendo key was found without an address,
   * and with the Vendo API's own error when it was asked and failed.
   */
  async resolve(slug: Slug): Promise<Resolved> {
    const { outcome } = await runSources(this.#lookup(slug))
    if ('problem' in outcome) throw outcome.problem
    return outcome.resolved
  }

  /** The token alone. Rejects like {@link Vendo.resolve}. */
  async token(slug: Slug): Promise<string> {
    return (await this.resolve(slug)).token
  }

  /** Several tokens with one request; `null` = not connected. Rejects when the Vendo API fails. */
  async tokens<const S extends readonly Slug[]>(slugs: S): Promise<{ [K in S[number]]: string | null }> {
    const wanted: readonly string[] = [...new Set<string>(slugs)]
    const lookups = wanted.map((slug) => this.#lookup(slug))
    this.#cache.prime(lookups.filter(reachesApi).map(({ slug }) => slug))
    const entries = await Promise.all(
      wanted.map(async (slug) => [slug, await this.token(slug).catch(nullIfNotConnected)] as const),
    )
    return Object.fromEntries(entries) as { [K in S[number]]: string | null }
  }

  /** The options of a provider's own client. Rejects like {@link Vendo.resolve}. */
  async clientOptions(slug: Slug): Promise<ClientOptions> {
    const { token, baseURL } = await this.resolve(slug)
    return baseURL === undefined ? { apiKey: token } : { apiKey: token, baseURL }
  }

  /**
   * A `fetch` that sends the integration's credential, to the integration's origin alone. Paths are relative to its base
   * URL: `vendo.fetch('openrouter')('/v1/models')`. Redirects are not followed. A 401 is retried once with a fresh token.
   */
  fetch(slug: Slug): Fetch {
    return createBoundFetch({
      slug,
      resolve: () => this.resolve(slug),
      invalidate: () => this.invalidate(slug),
      upstream: this.#settings.rows.get(slug)?.upstream,
      fetch: this.#settings.fetch,
    })
  }

  /** Which source wins and why the earlier ones did not. Holds no credential. Asks the Vendo API, where it comes to that. */
  async explain(slug: Slug): Promise<Explanation> {
    return explainTrace(slug, this.isVendoMode() ? 'vendo' : 'oss', await runSources(this.#lookup(slug)))
  }

  /** Forgets what the Vendo API answered for the integration. What comes from the environment stays: `explain` says so. */
  invalidate(slug: Slug): void {
    this.#cache.invalidate(slug)
  }

  #lookup(slug: string): Lookup {
    if (!isSlug(slug)) throw createSlugError(slug)
    const settings = this.#settings
    return {
      slug,
      row: settings.rows.get(slug),
      settings,
      askApi: (asked) => this.#cache.get(asked),
      readDotenv: () => readDotenv(settings.dotenv, runtimeFiles()),
    }
  }
}

const nullIfNotConnected = (error: unknown): null => {
  if (error instanceof NotConnected) return null
  throw error
}
