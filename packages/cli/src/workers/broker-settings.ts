import type { StoreAddress } from './store-address.ts'

/** Everything that `vendo broker` was told. */
export interface BrokerSettings {
  readonly store: StoreAddress
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly proxyDomain: string | undefined
  /** Origins whose pages may call the proxy. */
  readonly allowedOrigins: readonly string[]
  /** Origins whose pages may ask for credentials of proxied integrations. */
  readonly credentialsOrigins: readonly string[]
  /** Absolute. */
  readonly operatorKeyFile: string | undefined
  /** Absolute; a list of prices that is taken over at start. */
  readonly ratesFile: string | undefined
  /** Absolute; each process has a folder of its own in it. */
  readonly outbox: string | undefined
  /** Other origins for integrations, by slug. */
  readonly upstreamOrigins: Readonly<Record<string, string>>
  readonly graceMs: number
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  readonly traces: boolean
  readonly forwardTraceContext: boolean
}

/** The part of a broker's life that differs between a process of its own and one of many. */
export interface BrokerLife {
  /** 0 for a process of its own. */
  readonly slot: number
  /** Told once, when the broker answers. */
  ready(url: string): void
  /** Resolves when the broker should end. */
  readonly stop: Promise<void>
  /** Lets go of what keeps the process alive. */
  release(): void
}
