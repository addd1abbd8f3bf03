import type { RateTable } from '@vendo/integrations/rates'
import type { Vault } from '../credentials/vault.ts'
import type { EventLog } from '../ledger/event-log.ts'
import type { EpochMs } from '../store/records.ts'
import type { Store } from '../store/store.ts'

/** Everything that the HTTP API reaches outside itself. */
export interface ApiDependencies {
  readonly store: Store
  readonly vault: Vault
  /** The price lists of the catalog. Default: those that come with Vendo. */
  readonly rateTables?: readonly RateTable[]
  /** What `GET /api/events` tells. */
  readonly events: EventLog
  /** The time by which keys expire and records are dated. */
  readonly clock: () => EpochMs
  /** The broker's own address without a trailing slash, such as `http://127.0.0.1:8787`. */
  readonly publicUrl: () => string
  /** The proxy's address of an integration without a trailing `/v1`, such as `http://127.0.0.1:8787/anthropic`. */
  readonly baseUrlFor: (slug: string) => string
  /** Called after every write that changes keys, connections, bindings, margins or rates. */
  readonly onDirectoryChange: () => void
  /** Called after credit was added to a wallet, or given back. */
  readonly onWalletChange?: (tenantId: string) => void
  /** A fresh id such as `key_…` for the prefix `key`. */
  readonly newId: (prefix: string) => string
  /** Resolves when the broker can serve; rejects with `store_unavailable`. */
  readonly ready: () => Promise<void>
  /** Told of failures that are no refusals. The caller sees none of their detail. */
  readonly onUnexpectedError?: (error: unknown, requestId: string) => void
}
