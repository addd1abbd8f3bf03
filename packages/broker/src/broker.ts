import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createVendoError } from '@vendo/contract'
import { providers as allProviders, type Provider } from '@vendo/integrations/providers'
import { rateTables as allRateTables, type RateTable } from '@vendo/integrations/rates'
import type { Vault } from './credentials/vault.ts'
import {
  createUpstreamPools,
  defaultUpstreamTimeouts,
  type UpstreamPools,
  type UpstreamTimeouts,
} from './egress/upstream-pools.ts'
import { createApi } from './http/create-api.ts'
import { createNodeServer, type ListenOptions } from './node-server.ts'
import { type Logger, silentLogger } from './observe/logger.ts'
import { createBodyBudget } from './pipeline/body-budget.ts'
import { createCatalogCache } from './pipeline/catalog-cache.ts'
import { createDirectory, type Directory } from './pipeline/directory.ts'
import { createDrainGate, type DrainPolicy, defaultDrainPolicy } from './pipeline/drain-policy.ts'
import { createInFlight, type InFlight } from './pipeline/in-flight.ts'
import { createPricingSource } from './pipeline/pricing.ts'
import { createRunRequest, type RunRequest } from './pipeline/run-request.ts'
import { readSettled } from './store/read-settled.ts'
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
  readonly timeouts?: Partial<UpstreamTimeouts>
  readonly drain?: Partial<DrainPolicy>
  /** Largest JSON body in bytes; default 32 MB. */
  readonly mostBodyBytes?: number
  /** How long {@link Broker.close} waits for running calls, in ms; default 30 s. */
  readonly shutdownGraceMs?: number
  readonly logger?: Logger
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
}

/** A running broker. */
export interface Broker {
  /** @throws {VendoError} `validation_failed` when the address is taken. */
  listen(options: ListenOptions): Promise<{ readonly url: string }>
  /** Lets running calls end (then cuts them), settles all of them, and closes the store. Idempotent. */
  close(): Promise<void>
}

const mostBodyBytes = 32_000_000
const mostBufferedBytes = 512_000_000
const orphanSweepMs = 60_000

/**
 * Creates a broker: keys, credentials, ledger, HTTP API and metering proxy on one port.
 *
 * @throws {VendoError} `validation_failed` for an upstream origin that is neither https nor on this machine.
 */
export const createBroker = (options: BrokerOptions): Broker => {
  const clock = options.clock ?? Date.now
  const inFlight = createInFlight()
  const directory = createDirectory(options.store, clock)
  const providers = options.providers ?? Object.values(allProviders)
  const originOf = (provider: Provider) => options.upstreamOrigins?.[provider.slug] ?? provider.origin
  const timeouts = { ...defaultUpstreamTimeouts, ...options.timeouts }
  const pools = createUpstreamPools(providers.map(originOf), timeouts)
  let url = options.publicUrl
  const requireUrl = () => {
    if (url === undefined) throw createVendoError('The broker is not listening yet.', { code: 'overloaded' })
    return url
  }
  const logger = options.logger ?? silentLogger()
  const runRequest = createRunRequest({
    addressBook: addressBookOf(providers, options.proxyDomain),
    directory,
    store: options.store,
    vault: options.vault,
    pools,
    originOf,
    pricing: createPricingSource(directory, options.rateTables ?? allRateTables),
    bodies: { mostBytes: options.mostBodyBytes ?? mostBodyBytes, budget: createBodyBudget(mostBufferedBytes) },
    timeouts,
    drains: createDrainGate({ ...defaultDrainPolicy, ...options.drain }),
    catalogs: createCatalogCache(clock),
    inFlight,
    logger,
    clock,
    newId,
  })
  const api = apiListener(options, { directory, inFlight, clock, requireUrl, logger })
  const server = createNodeServer((message, answer) =>
    route(message, answer, { runRequest, api, proxyDomain: options.proxyDomain }),
  )
  const sweep = setInterval(() => void sweepOrphans(options, clock), orphanSweepMs)
  sweep.unref()
  return {
    listen: async (listenOptions) => {
      await options.store.settleOrphans(options.store.exclusive ? null : clock())
      const { host, port } = await server.listen(listenOptions)
      url ??= `http://${host.includes(':') ? `[${host}]` : host}:${port}`
      return { url }
    },
    close: once(async () => {
      clearInterval(sweep)
      const stopped = server.stop()
      await inFlight.drain(options.shutdownGraceMs ?? 30_000)
      server.closeConnections()
      await stopped
      await closeAll(pools, options.store)
    }),
  }
}

const closeAll = async (pools: UpstreamPools, store: Store): Promise<void> => {
  await pools.close()
  await store.close()
}

/** Only one process owns a SQLite store, but holds of calls whose settlement never came must not outlive their expiry. */
const sweepOrphans = async ({ store, logger }: BrokerOptions, clock: () => number): Promise<void> => {
  try {
    const settled = await store.settleOrphans(clock())
    if (settled > 0) logger?.warn({ settled }, 'expired holds settled')
  } catch (error) {
    logger?.error({ error: String(error) }, 'expired holds not settled')
  }
}

const newId = (prefix: string): string => `${prefix}_${randomBytes(15).toString('base64url')}`

const addressBookOf = (providers: readonly Provider[], proxyDomain: string | undefined) => {
  const bySlug = new Map(providers.map((provider) => [provider.slug, provider]))
  return { provider: (slug: string) => bySlug.get(slug), proxyDomain }
}

interface ApiParts {
  readonly directory: Directory
  readonly inFlight: InFlight
  readonly clock: () => number
  readonly requireUrl: () => string
  readonly logger: Logger
}

const apiListener = ({ store, vault }: BrokerOptions, parts: ApiParts) => {
  const { directory, inFlight, clock, requireUrl, logger } = parts
  const api = createApi({
    store: readSettled(store, () => inFlight.settled()),
    vault,
    clock,
    publicUrl: requireUrl,
    baseUrlFor: (slug) => `${requireUrl()}/${slug}`,
    onDirectoryChange: () => directory.invalidate(),
    newId,
    ready: () => store.ping(),
    onUnexpectedError: (error, requestId) => logger.error({ requestId, error: String(error) }, 'unexpected failure'),
  })
  return getRequestListener(api.fetch, { overrideGlobalObjects: false })
}

interface Routes {
  readonly runRequest: RunRequest
  readonly api: (message: IncomingMessage, answer: ServerResponse) => unknown
  readonly proxyDomain: string | undefined
}

const apiPath = /^\/(api|credentials|healthz|readyz)(?=[/?]|$)/

/** The management API and the proxy share a port, not a code path: frameworks stay out of the hot one. */
const route = (message: IncomingMessage, answer: ServerResponse, { runRequest, api, proxyDomain }: Routes): void => {
  const toProxyHost =
    proxyDomain !== undefined &&
    (message.headers.host ?? '').toLowerCase().includes(`-proxy.${proxyDomain.toLowerCase()}`)
  if (!toProxyHost && apiPath.test(message.url ?? '')) void api(message, answer)
  else void runRequest(message, answer)
}

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let started: Promise<void> | undefined
  return () => {
    started ??= work()
    return started
  }
}
