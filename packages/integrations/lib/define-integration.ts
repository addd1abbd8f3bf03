import type { Profile } from '@vendo/contract'

/** Where the value of one injected variable comes from. */
export type EnvVarSource =
  /** The deployment's own Vendo key: for integrations that the broker proxies, whatever the profile. */
  | { readonly from: 'vendoApiKey' }
  /** The broker's address of the integration, followed by `suffix`. */
  | { readonly from: 'proxyBaseUrl'; readonly suffix: '' | '/v1' }
  /** The connection's own credential: for integrations that the app calls directly. */
  | { readonly from: 'credential' }
  /** A field of the connection's metadata; dots go deeper. A missing one is an error if `required`, else a warning. */
  | { readonly from: 'metadata'; readonly path: string; readonly required: boolean }
  | { readonly from: 'literal'; readonly value: string }

/** One variable that a deployment platform sets for an app that is bound to a connection. */
export interface ConnectionEnvVar {
  /** Upper case, with underscores. */
  readonly name: string
  readonly source: EnvVarSource
  /** Whether a platform must store and show the value as a secret. */
  readonly secret: boolean
  /** Other names under which the provider's tools read the same value; read from a user's own env, never injected. */
  readonly aliases?: readonly string[]
}

/** Groups of the catalog. */
export type IntegrationCategory = 'ai' | 'messaging' | 'productivity' | 'developer' | 'social'

/** A catalog entry: one provider product. */
export interface Integration {
  readonly slug: string
  readonly name: string
  readonly category: IntegrationCategory
  /** How its credential may be held, the usual way first. */
  readonly profiles: readonly [Profile, ...Profile[]]
  /**
   * The variables of a bound connection. Exactly one holds the key or token (`vendoApiKey` or `credential`) and is called
   * the primary one.
   */
  readonly connectionEnvVars: readonly ConnectionEnvVar[]
  /**
   * Whether the provider's official SDK works from these variables alone. If it reads the key but not the base URL, a Vendo
   * key in its variable would be sent to the provider, so nothing is injected.
   */
  readonly autoDiscovery: boolean
  readonly docsUrl: string
  /** `#rrggbb`. */
  readonly brandColor: string
  readonly logoUrl?: string
  /** A connection can serve one app only, because the provider delivers its events to one place. */
  readonly exclusive?: boolean
}

/** Declares a catalog entry; keeps its literal types. */
export const defineIntegration = <const I extends Integration>(integration: I): I => integration
