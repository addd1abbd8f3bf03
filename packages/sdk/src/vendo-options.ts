import type { Slug } from './slug.ts'

/** An integration that is not in the catalog. */
export interface CustomIntegration {
  /** Variable that holds its key or token, such as `ACME_API_KEY`. */
  readonly variable: string
  /** Other variables that may hold it. */
  readonly aliases?: readonly string[]
  /** Variable that holds its base URL. */
  readonly baseUrlVariable?: string
  /** Address of its API, for `vendo.fetch` where no variable gives one. */
  readonly baseURL?: string
  /** Header that holds the bare token; default: `Authorization: Bearer`. */
  readonly header?: string
}

/** A token given by hand. One that is a Vendo key needs the address it works at. */
export type ExplicitToken = string | { readonly token: string; readonly baseURL?: string }

/** Settings of a `Vendo` client. Everything is optional; empty or whitespace counts as absent. */
export interface VendoOptions {
  /** The app's `vendo_sk_…` key; default `VENDO_API_KEY`. With one the client is in Vendo mode, else in OSS mode. */
  readonly apiKey?: string | undefined
  /** Address of the Vendo API; default `VENDO_BASE_URL`, `VENDO_API_URL` or `VENDO_CREDENTIALS_URL`. There is no default host. */
  readonly baseURL?: string | URL | undefined
  /** Variables instead of `process.env`, read once: what a Worker gets as `env`. Values that are not strings are ignored. */
  readonly env?: object | undefined
  /** `false` = never read a `.env` file; a string = read this one. Default: the nearest one, in OSS mode only. */
  readonly dotenv?: boolean | string | undefined
  /** Tokens that win over every other source: for tests and hosts of many tenants. */
  readonly tokens?: Readonly<Partial<Record<Slug, ExplicitToken | undefined>>> | undefined
  /** Integrations beside those of the catalog, by slug. */
  readonly integrations?: Readonly<Record<string, CustomIntegration>> | undefined
  /** Instead of the global `fetch`. */
  readonly fetch?: ((input: string | URL | Request, init?: RequestInit) => Promise<Response>) | undefined
  /** Budget of one call of the Vendo API, retries and body included; default 10 000. Not applied by `vendo.fetch`. */
  readonly timeoutMs?: number | undefined
  /** Repeats after a connection error, a 5xx, or a `Retry-After` that fits the budget; default 2. */
  readonly maxRetries?: number | undefined
}
