import type { Tracer } from '@opentelemetry/api'
import type { Provider } from '@vendo/integrations/providers'
import type { RateTable } from '@vendo/integrations/rates'
import type { Vault } from './credentials/vault.ts'
import type { UpstreamTimeouts } from './egress/upstream-pools.ts'
import type { ServerTimeouts } from './node-server.ts'
import type { Logger } from './observe/logger.ts'
import type { Metrics } from './observe/metrics.ts'
import type { DrainPolicy, OnDisconnect } from './pipeline/drain-policy.ts'
import type { HoldLinePolicy } from './pipeline/hold-line.ts'
import type { StructureLimits } from './pipeline/json-structure.ts'
import type { UploadPace } from './pipeline/upload-pace.ts'
import type { Store } from './store/store.ts'

/** What a broker is made of. Everything but `store` and `vault` has a default. */
export interface BrokerOptions {
  /** Closed together with the broker. */
  readonly store: Store
  readonly vault: Vault
  /** Default: every proxied integration of the catalog. */
  readonly providers?: readonly Provider[]
  /** Default: the catalog's rates. The store's overrides come on top. */
  readonly rateTables?: readonly RateTable[]
  /** Sends a provider's calls to another origin: a simulated or self-hosted upstream. Its credential goes there and nowhere else. */
  readonly upstreamOrigins?: Readonly<Record<string, string>>
  /** Makes `<slug>-proxy.<domain>` an address too. */
  readonly proxyDomain?: string
  /** The broker's own address as clients reach it, without a trailing slash. Default: where it listens. */
  readonly publicUrl?: string
  /** Origins whose pages may call the proxy, such as `https://app.example.com`. Default: none. Never management routes. */
  readonly allowedOrigins?: readonly string[]
  /** Origins whose pages may ask `/credentials` for integrations that the broker proxies. Default: none. */
  readonly credentialsOrigins?: readonly string[]
  readonly timeouts?: Partial<UpstreamTimeouts>
  readonly serverTimeouts?: Partial<ServerTimeouts>
  /**
   * Sends a comment line between two events of a stream whenever so many ms passed in silence, for proxies that close idle
   * connections. Default: never, and streams stay byte-identical.
   */
  readonly heartbeatMs?: number
  readonly drain?: Partial<DrainPolicy>
  /**
   * How long a call waits when only running calls hold the money it needs, and how many calls may wait: 30 s, 100 for each
   * limit, 1,000 in all. Then it is refused with `held_by_open_calls`. `maxMs: 0` refuses at once.
   */
  readonly holdLine?: Partial<HoldLinePolicy>
  /** What happens when a client leaves, by integration; default `drain`. A key's `on_disconnect` goes before it. */
  readonly onDisconnect?: Readonly<Record<string, OnDisconnect>>
  /**
   * Where settlements wait while the store is down: a folder of this broker alone. Default: `outbox` beside the store's
   * file. Without either they wait in memory, and a broker that ends while its store is down loses them to their holds.
   */
  readonly outboxDirectory?: string
  /** Largest JSON body in bytes; default 32 MB. */
  readonly mostBodyBytes?: number
  /**
   * Bytes of request bodies in memory at one time; default 512 MB. All keys of a tenant together get half of it, one key a
   * quarter.
   */
  readonly maxBufferedBytes?: number
  /** The slowest upload of a JSON body that is waited for. */
  readonly uploadPace?: Partial<UploadPace>
  /** What a JSON body may consist of: by default 200,000 members and elements, 128 levels deep. */
  readonly structureLimits?: Partial<StructureLimits>
  /** Open connections of one client address; default 4,000. Raise it where a front end connects for everybody. */
  readonly maxConnectionsPerAddress?: number
  /** Largest upload in bytes, which is streamed and takes no memory; default 2 GB, more than any provider takes in one file. */
  readonly mostUploadBytes?: number
  /** How long {@link Broker.close} waits for running calls, in ms; default 30 s. */
  readonly shutdownGraceMs?: number
  readonly logger?: Logger
  /** Filled from now on; serve it with `startMetricsServer`. Default: nothing is measured. */
  readonly metrics?: Metrics
  /** Makes one span per call, as a child of the client's `traceparent`. Default: no spans. */
  readonly tracer?: Tracer
  /** Lets the client's `traceparent`, `tracestate` and `baggage` through to the provider; default false. */
  readonly forwardTraceContext?: boolean
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
}
