import type { Profile, Secret } from '@vendo/contract'
import type { Slug } from './find-integration.ts'

/** One tenant's credential for one integration, as a deployment platform holds it. */
export interface Connection {
  readonly slug: Slug
  /** How the credential is held; `composio_managed` is the old name of `oauth_refresh`. */
  readonly profile: Profile | 'composio_managed'
  /** The key or token itself. Not needed, and never read, where the app gets a Vendo key instead. */
  readonly credential?: Secret | string
  /** What the provider told about the connection, such as `telegram_bot_id`. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** The app that the variables are for. */
export interface Deployment {
  readonly id: string
  /** The app's own inference key (`vendo_sk_…`). */
  readonly vendoApiKey: Secret | string
  /** Where the broker answers, such as `https://broker.example.com`. */
  readonly brokerUrl: string
  /** Where the broker proxies an integration, without an API version, such as `https://broker.example.com/anthropic`. */
  readonly proxyBaseUrl: (slug: Slug) => string
}

/** Something a platform should show to whoever deploys: a variable that one might expect is not there. */
export type EnvVarWarning =
  /** The official client would send a Vendo key to the provider, so nothing was injected. */
  | {
      readonly kind: 'auto_discovery_off'
      readonly slug: string
      readonly names: readonly string[]
      readonly message: string
    }
  /** An optional field is not in the connection's metadata. */
  | {
      readonly kind: 'metadata_missing'
      readonly slug: string
      readonly names: readonly string[]
      readonly path: string
      readonly message: string
    }

/** Variables to inject. */
export interface EnvVars {
  /** Name to value; no value is ever empty. */
  readonly vars: Readonly<Record<string, string>>
  /** Names of `vars` whose values must be stored and shown as secrets. */
  readonly secrets: readonly string[]
  readonly warnings: readonly EnvVarWarning[]
}
