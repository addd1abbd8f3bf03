import type { Provider } from '@vendo/integrations/providers'
import type { Vault } from '../credentials/vault.ts'
import type { UpstreamPools, UpstreamTimeouts } from '../egress/upstream-pools.ts'
import type { BillingEvents } from '../ledger/billing-events.ts'
import type { Logger } from '../observe/logger.ts'
import type { Observer } from '../observe/observer.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { StoreGate } from '../outbox/store-gate.ts'
import type { Store } from '../store/store.ts'
import type { BodyExamination } from './admit-body.ts'
import type { CatalogCache } from './catalog-cache.ts'
import type { Directory } from './directory.ts'
import type { DrainGate, OnDisconnect } from './drain-policy.ts'
import type { HoldLine } from './hold-line.ts'
import type { HoldRenewal } from './hold-renewal.ts'
import type { InFlight } from './in-flight.ts'
import type { Pricing } from './pricing.ts'
import type { AddressBook } from './read-address.ts'
import type { BodyLimits } from './read-body.ts'
import type { Soon } from './soon.ts'

/** Everything that the steps of a request work with. */
export interface PipelineDependencies {
  readonly addressBook: AddressBook
  readonly directory: Directory
  readonly store: Store
  readonly gate: StoreGate
  readonly outbox: Outbox
  readonly renewal: HoldRenewal
  /** Where calls wait for money that running calls hold. */
  readonly line: HoldLine
  /** How long an attempt can last at most, its settlement included. */
  readonly holdTtlMs: number
  readonly billing: BillingEvents
  readonly vault: Vault
  readonly pools: UpstreamPools
  /** Where a provider's requests go: its own origin, unless the operator named another one. */
  readonly originOf: (provider: Provider) => string
  readonly pricing: () => Soon<Pricing>
  readonly bodies: BodyLimits
  readonly examination: BodyExamination
  /** Of one streamed request body. */
  readonly mostUploadBytes: number
  readonly timeouts: UpstreamTimeouts
  /** Undefined = no heartbeats. */
  readonly heartbeatMs: number | undefined
  readonly drains: DrainGate
  /** What the operator set for a provider; a key's own setting goes before it. */
  readonly onDisconnect: (slug: string) => OnDisconnect
  readonly catalogs: CatalogCache
  readonly inFlight: InFlight
  readonly logger: Logger
  readonly observer: Observer
  /** Lets the client's trace context through to the provider. */
  readonly forwardTraceContext: boolean
  readonly clock: () => number
  readonly newId: (prefix: string) => string
}
