import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createVendoError } from '@vendo/contract'
import { providers as allProviders, type Provider } from '@vendo/integrations/providers'
import { rateTables as allRateTables } from '@vendo/integrations/rates'
import type { BrokerOptions } from './broker-options.ts'
import { assertVaultKey } from './credentials/assert-vault-key.ts'
import { rememberOpened } from './credentials/remember-opened.ts'
import { createUpstreamPools, defaultUpstreamTimeouts, type UpstreamPools } from './egress/upstream-pools.ts'
import type { ApiDependencies } from './http/api-dependencies.ts'
import type { Zone } from './http/cross-origin.ts'
import { createFrontGate, type FrontGate } from './http/front-gate.ts'
import { createLazyApi, type LazyApi } from './http/lazy-api.ts'
import { createBillingEvents } from './ledger/billing-events.ts'
import { createEventLog } from './ledger/event-log.ts'
import { createNodeServer, defaultServerTimeouts, type ListenOptions } from './node-server.ts'
import { combineObservers } from './observe/combine-observers.ts'
import { countDroppedLines, type Logger, silentLogger } from './observe/logger.ts'
import { observeDrains } from './observe/observe-drains.ts'
import type { BrokerGauges, Observer } from './observe/observer.ts'
import { traceCalls } from './observe/trace-calls.ts'
import { createOutbox } from './outbox/outbox.ts'
import { createReadiness } from './outbox/readiness.ts'
import { createStoreGate } from './outbox/store-gate.ts'
import { askForBody } from './pipeline/ask-for-body.ts'
import { createBodyBudget } from './pipeline/body-budget.ts'
import { type BodyWorkers, createBodyWorkers } from './pipeline/body-workers.ts'
import { createCatalogCache } from './pipeline/catalog-cache.ts'
import { createDirectory, type Directory } from './pipeline/directory.ts'
import { createDrainGate, defaultDrainPolicy } from './pipeline/drain-policy.ts'
import { createHoldLine, defaultHoldLinePolicy } from './pipeline/hold-line.ts'
import { createHoldRenewal } from './pipeline/hold-renewal.ts'
import { createInFlight, type InFlight } from './pipeline/in-flight.ts'
import { defaultStructureLimits } from './pipeline/json-structure.ts'
import { newId } from './pipeline/new-id.ts'
import { createPricingSource } from './pipeline/pricing.ts'
import type { AddressBook } from './pipeline/read-address.ts'
import { createRefusedBodies } from './pipeline/refused-bodies.ts'
import { createRunRequest, type RunRequest } from './pipeline/run-request.ts'
import { defaultUploadPace, PaceWatch } from './pipeline/upload-pace.ts'
import { readSettled } from './store/read-settled.ts'
import type { Store } from './store/store.ts'

/** A running broker. */
export interface Broker {
  /** @throws {VendoError} `validation_failed` when the address is taken; {VaultError} `vault_key_wrong`. */
  listen(options: ListenOptions): Promise<{ readonly url: string }>
  /**
   * Lets running calls end (then cuts them), settles all of them, and closes the store. Idempotent.
   *
   * @throws {VendoError} `store_unavailable`, after everything is closed, when a settlement was lost.
   */
  close(): Promise<void>
}

const mostBodyBytes = 32_000_000
const mostUploadBytes = 2_000_000_000
const maxBufferedBytes = 512_000_000
const orphanSweepMs = 60_000
/** Time for drain, settlement and outbox on top of the longest call: no hold may expire while its attempt lives. */
const settleGraceMs = 120_000

/**
 * Creates a broker: keys, credentials, ledger, HTTP API and metering proxy on one port.
 *
 * @throws {VendoError} `validation_failed` for an upstream origin that is neither https nor on this machine, or an allowed origin that is none.
 */
export const createBroker = (options: BrokerOptions): Broker => {
  const observer = observerOf(options)
  const clock = options.clock ?? Date.now
  const inFlight = createInFlight(() => ledger.outbox.flush())
  const directory = createDirectory(options.store, clock)
  const logger = options.logger ?? silentLogger()
  const providers = options.providers ?? Object.values(allProviders)
  const originOf = (provider: Provider) => options.upstreamOrigins?.[provider.slug] ?? provider.origin
  const timeouts = { ...defaultUpstreamTimeouts, ...options.timeouts }
  const pools = createUpstreamPools(providers.map(originOf), timeouts)
  let url = options.publicUrl
  const requireUrl = () => {
    if (url === undefined) throw createVendoError('The broker is not listening yet.', { code: 'overloaded' })
    return url
  }
  const workers = createBodyWorkers()
  const holdTtlMs = timeouts.totalMs + settleGraceMs
  const ledger = wireLedger(options, { clock, logger, observer, holdTtlMs })
  const addressBook = addressBookOf(providers, options.proxyDomain)
  const gate = frontGateOf(options, addressBook)
  const runRequest = createRunRequest({
    addressBook,
    directory,
    store: options.store,
    vault: rememberOpened(options.vault),
    pools,
    originOf,
    pricing: createPricingSource(directory, options.rateTables ?? allRateTables),
    ...wireBodies(options, workers, clock),
    mostUploadBytes: options.mostUploadBytes ?? mostUploadBytes,
    timeouts,
    heartbeatMs: options.heartbeatMs,
    drains: observeDrains(createDrainGate({ ...defaultDrainPolicy, ...options.drain }), observer),
    onDisconnect: (slug) => options.onDisconnect?.[slug] ?? 'drain',
    holdTtlMs,
    ...ledger,
    catalogs: createCatalogCache(clock),
    inFlight,
    logger,
    observer,
    forwardTraceContext: options.forwardTraceContext ?? false,
    clock,
    newId,
  })
  observer.watch(gaugesOf(inFlight, ledger, logger))
  const api = createLazyApi(apiDependencies(options, { directory, inFlight, clock, requireUrl, logger, ...ledger }))
  const server = createNodeServer(
    (message, answer) => route(message, answer, { runRequest, api, gate, proxyDomain: options.proxyDomain }),
    { ...defaultServerTimeouts, ...options.serverTimeouts },
    options.maxConnectionsPerAddress,
  )
  const sweep = setInterval(() => void sweepLedger(options.store, { ...ledger, clock, logger }), orphanSweepMs)
  sweep.unref()
  return {
    listen: async (listenOptions) => {
      await assertVaultKey(options.store, options.vault)
      // Before the sweep, or the holds of what waits there would be settled as orphans.
      await ledger.outbox.recover()
      await options.store.settleOrphans(options.store.exclusive ? null : clock())
      gate.listensOn(listenOptions.host ?? '127.0.0.1')
      const { host, port } = await server.listen(listenOptions)
      url ??= `http://${host.includes(':') ? `[${host}]` : host}:${port}`
      return { url }
    },
    close: once(async () => {
      clearInterval(sweep)
      const lost = await drain({ server, ledger, inFlight, graceMs: options.shutdownGraceMs ?? 30_000 })
      await closeAll(workers, pools, options.store)
      if (lost > 0) throw lostSettlements(lost)
    }),
  }
}

/** What reads the bodies of calls, within which bounds. */
const wireBodies = (options: BrokerOptions, workers: BodyWorkers, clock: () => number) => ({
  bodies: {
    mostBytes: options.mostBodyBytes ?? mostBodyBytes,
    budget: createBodyBudget(options.maxBufferedBytes ?? maxBufferedBytes),
    pace: new PaceWatch({ ...defaultUploadPace, ...options.uploadPace }),
  },
  examination: {
    structure: { ...defaultStructureLimits, ...options.structureLimits },
    workers,
    refused: createRefusedBodies(clock),
  },
})

const observerOf = ({ metrics, tracer }: BrokerOptions): Observer =>
  combineObservers([...(metrics ? [metrics.observer] : []), ...(tracer ? [traceCalls(tracer)] : [])])

const gaugesOf = (inFlight: InFlight, { outbox, line }: LedgerParts, logger: Logger): BrokerGauges => ({
  callsInFlight: inFlight.size,
  outboxWaiting: () => outbox.waiting,
  callsWaiting: () => line.size,
  logLinesDropped: () => countDroppedLines(logger),
})

interface Draining {
  readonly server: ReturnType<typeof createNodeServer>
  readonly ledger: LedgerParts
  readonly inFlight: InFlight
  readonly graceMs: number
}

/** Resolves to how many settlements were lost. */
const drain = async ({ server, ledger, inFlight, graceMs }: Draining): Promise<number> => {
  const stopped = server.stop()
  ledger.line.close()
  await inFlight.drain(graceMs)
  ledger.billing.close()
  ledger.renewal.close()
  const lost = await ledger.outbox.close()
  await inFlight.settled()
  server.closeConnections()
  await stopped
  return lost
}

const lostSettlements = (count: number) =>
  createVendoError(`${count} settlement(s) were lost: neither the store nor the outbox took them.`, {
    code: 'store_unavailable',
    suggestedFix:
      'Their holds settle in full when a broker starts again; free the disk, or give --outbox a folder on another.',
  })

const closeAll = async (workers: BodyWorkers, pools: UpstreamPools, store: Store): Promise<void> => {
  await workers.close()
  await pools.close()
  await store.close()
}

interface LedgerContext {
  readonly clock: () => number
  readonly logger: Logger
  readonly observer: Observer
  readonly holdTtlMs: number
}

/** What stands between the pipeline and the ledger: nothing while the store is well. */
const wireLedger = ({ store, outboxDirectory, holdLine }: BrokerOptions, context: LedgerContext) => {
  const { clock, logger, observer, holdTtlMs } = context
  const events = createEventLog(randomBytes(6).toString('hex'), clock)
  const billing = createBillingEvents({ log: events, store, clock, logger })
  const line = createHoldLine({ ...defaultHoldLinePolicy, ...holdLine }, (outcome, ms) =>
    observer.waitEnded(outcome, ms),
  )
  const gate = createStoreGate(() => store.probeWrite())
  const outbox = createOutbox({
    store,
    gate,
    folder: outboxDirectory ?? (store.folder === undefined ? undefined : join(store.folder, 'outbox')),
    onApplied: ({ kind, subject, settlement }) => {
      line.wake(subject.tenantId)
      if (kind !== 'release') billing.recorded(subject, settlement, kind)
    },
    observer,
    logger,
    clock,
  })
  return { events, billing, line, gate, outbox, renewal: createHoldRenewal({ store, ttlMs: holdTtlMs, logger }) }
}

type LedgerParts = ReturnType<typeof wireLedger>

/** Holds of calls whose settlement never came must not outlive their expiry; what waits in the outbox goes first. */
const sweepLedger = async (
  store: Store,
  { outbox, renewal, clock, logger }: Pick<LedgerParts, 'outbox' | 'renewal'> & Pick<LedgerContext, 'clock' | 'logger'>,
): Promise<void> => {
  try {
    await outbox.flush()
    // A clock that jumped makes live calls look expired; what is in flight here says that they live.
    await renewal.renewAll()
    const settled = await store.settleOrphans(clock())
    if (settled > 0) logger.warn({ settled }, 'expired holds settled')
    await store.pruneWindows(clock())
  } catch (error) {
    logger.error({ error: String(error) }, 'expired holds not settled')
  }
}

const addressBookOf = (providers: readonly Provider[], proxyDomain: string | undefined) => {
  const bySlug = new Map(providers.map((provider) => [provider.slug, provider]))
  return { provider: (slug: string) => bySlug.get(slug), slugs: [...bySlug.keys()], proxyDomain }
}

interface ApiParts extends Pick<LedgerParts, 'events' | 'billing' | 'line'> {
  readonly directory: Directory
  readonly inFlight: InFlight
  readonly clock: () => number
  readonly requireUrl: () => string
  readonly logger: Logger
}

const apiDependencies = ({ store, vault, rateTables }: BrokerOptions, parts: ApiParts): ApiDependencies => {
  const { directory, inFlight, clock, requireUrl, logger, events, billing, line } = parts
  return {
    store: readSettled(store, () => inFlight.settled()),
    vault,
    ...(rateTables !== undefined && { rateTables }),
    onWalletChange: (tenantId) => {
      billing.walletTouched(tenantId)
      line.wake(tenantId)
    },
    events,
    clock,
    publicUrl: requireUrl,
    baseUrlFor: (slug) => `${requireUrl()}/${slug}`,
    onDirectoryChange: () => directory.invalidate(),
    newId,
    ready: createReadiness(() => store.probeWrite()),
    onUnexpectedError: (error, requestId) => logger.error({ requestId, error: String(error) }, 'unexpected failure'),
  }
}

const frontGateOf = (options: BrokerOptions, addressBook: AddressBook): FrontGate =>
  createFrontGate({
    proxy: options.allowedOrigins ?? [],
    credentials: options.credentialsOrigins ?? [],
    isProxied: (slug) => addressBook.provider(slug) !== undefined,
    publicUrl: options.publicUrl,
    proxyDomain: options.proxyDomain,
    shapeOf: (target) => addressBook.provider(target.split('/', 2)[1] ?? '')?.errorShape ?? 'openai',
    newId,
  })

interface Routes {
  readonly runRequest: RunRequest
  readonly api: LazyApi
  readonly gate: FrontGate
  readonly proxyDomain: string | undefined
}

const apiPath = /^\/(api|credentials|healthz|readyz)(?=[/?]|$)/

/** The management API and the proxy share a port, not a code path: frameworks stay out of the hot one. */
const route = (
  message: IncomingMessage,
  answer: ServerResponse,
  { runRequest, api, gate, proxyDomain }: Routes,
): void => {
  const toProxyHost =
    proxyDomain !== undefined &&
    (message.headers.host ?? '').toLowerCase().includes(`-proxy.${proxyDomain.toLowerCase()}`)
  const path = toProxyHost ? null : apiPath.exec(message.url ?? '')
  const zone: Zone = path === null ? 'proxy' : path[1] === 'credentials' ? 'credentials' : 'management'
  if (!gate.passes(message, answer, zone)) return
  if (zone === 'proxy') return void runRequest(message, answer)
  askForBody(message, answer)
  void api(message, answer)
}

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let started: Promise<void> | undefined
  return () => {
    started ??= work()
    return started
  }
}
