import type { IntegrationRow } from '../integration-row.ts'
import type { Settings } from '../settings.ts'
import type { ApiCredential } from './credential-cache.ts'
import type { DotenvReading } from './read-dotenv.ts'

/** Where a credential can come from, in the order in which they are asked. */
export type SourceName = 'tokens' | 'override' | 'injected' | 'api' | 'env' | 'dotenv'

/** What an integration is called with. */
export interface Resolved {
  readonly token: string
  /** Where the token works; always there when the token is a Vendo key. */
  readonly baseURL?: string
  readonly source: SourceName
  /** When the token must be asked for again; absent = not known to expire. */
  readonly expiresAt?: Date
}

/** All that a source may look at. */
export interface Lookup {
  readonly slug: string
  /** What is known of the integration; `undefined` for a slug of nobody. */
  readonly row: IntegrationRow | undefined
  readonly settings: Settings
  /** Rejects with a `NotConnected` when the API has no credential, and with another `VendoError` when it fails. */
  readonly askApi: (slug: string) => Promise<ApiCredential>
  readonly readDotenv: () => DotenvReading
}

/** A source's answer. What it throws ends the search: a configured source that fails is never passed over. */
export type Finding =
  | { readonly state: 'found'; readonly credential: Omit<Resolved, 'source'>; readonly reason: string }
  /** Looked, and it has none. */
  | { readonly state: 'absent'; readonly reason: string }
  /** Not looked at, because it does not apply to this client or integration. */
  | { readonly state: 'skipped'; readonly reason: string }

/** One place to look. Reasons name variables and options, never a value. */
export interface Source {
  readonly name: SourceName
  readonly look: (lookup: Lookup) => Finding | Promise<Finding>
}

/** A source that answers at once, from what the client was given. */
export interface LocalSource extends Source {
  readonly look: (lookup: Lookup) => Finding
}

/** What one source had to say. */
export interface Step {
  readonly source: SourceName
  readonly state: 'found' | 'absent' | 'skipped' | 'failed' | 'not reached'
  /** Never holds a value. */
  readonly reason: string
}

/** A hit. */
export const found = (credential: Omit<Resolved, 'source'>, reason: string): Finding => ({
  state: 'found',
  credential,
  reason,
})

/** A miss. */
export const absent = (reason: string): Finding => ({ state: 'absent', reason })

/** Not asked. */
export const skipped = (reason: string): Finding => ({ state: 'skipped', reason })
