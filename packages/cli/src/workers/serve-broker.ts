import { join } from 'node:path'
import type { CliContext } from '../context.ts'
import { applyRatesFile } from '../local/apply-rates-file.ts'
import { seedOperator } from '../local/seed-operator.ts'
import { CliError } from '../terminal/cli-error.ts'
import type { BrokerLife, BrokerSettings } from './broker-settings.ts'
import { drainBroker } from './drain-broker.ts'
import { openStore } from './open-store.ts'

type BrokerPackage = typeof import('@vendo/broker')
type Broker = ReturnType<BrokerPackage['createBroker']>

/** What {@link serveBroker} starts. */
export interface BrokerServing {
  readonly broker: BrokerPackage
  readonly settings: BrokerSettings
  readonly life: BrokerLife
  /** In a worker the primary serves the metrics of all. */
  readonly ownMetrics: boolean
}

/**
 * Runs one broker in this process until its life ends, then drains it: new calls are refused, running ones may end within
 * the grace, all are settled.
 *
 * @throws {CliError} with exit code 1 when not everything was over in time; what is left settles at the next start.
 */
export const serveBroker = async (context: CliContext, serving: BrokerServing): Promise<void> => {
  const { broker, settings, life } = serving
  const keyEncryptionKey = await broker.loadKeyEncryptionKey({ env: context.env })
  const vault = broker.createVault({ keyEncryptionKey })
  const tracer = settings.traces ? requireTracer(broker) : undefined
  const metrics = settings.metrics && broker.createMetrics({ ofProcess: true })
  const store = await openStore(broker, settings.store)
  const { publicUrl, proxyDomain, outbox, upstreamOrigins, graceMs, forwardTraceContext } = settings
  const running = broker.createBroker({
    store,
    vault,
    logger: broker.createLogger('info'),
    upstreamOrigins,
    shutdownGraceMs: graceMs,
    forwardTraceContext,
    allowedOrigins: settings.allowedOrigins,
    credentialsOrigins: settings.credentialsOrigins,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(proxyDomain !== undefined && { proxyDomain }),
    ...(outbox !== undefined && { outboxDirectory: outboxFolder(outbox, life.slot) }),
    ...(metrics !== undefined && { metrics }),
    ...(tracer !== undefined && { tracer }),
  })
  const closeMetrics = await serveUntilStopped(context, serving, { running, store, vault, metrics }).catch(
    async (error: unknown) => {
      await running.close()
      throw error
    },
  )
  await drainBroker(running, graceMs)
  await closeMetrics()
}

/** The folder of one process; a worker that is started again finds what its predecessor left. */
export const outboxFolder = (outbox: string, slot: number): string => join(outbox, `broker-${slot}`)

interface Started {
  readonly running: Broker
  readonly store: Awaited<ReturnType<typeof openStore>>
  readonly vault: ReturnType<BrokerPackage['createVault']>
  readonly metrics: ReturnType<BrokerPackage['createMetrics']> | undefined
}

/** Resolves when the broker should end, to what closes its metrics. */
const serveUntilStopped = async (
  { errors }: CliContext,
  { broker, settings, life, ownMetrics }: BrokerServing,
  { running, store, vault, metrics }: Started,
): Promise<() => Promise<void>> => {
  // Before the first key is made: a wrong vault key changes nothing.
  await broker.assertVaultKey(store, vault)
  await seedOperator(broker, store, settings.operatorKeyFile)
  if (settings.ratesFile !== undefined) await applyRatesFile(errors, { broker, store, path: settings.ratesFile })
  for (const notice of await broker.marginNotices(store)) errors.write(`vendo: ${notice}\n`)
  let close = (): Promise<void> => Promise.resolve()
  if (metrics && settings.metrics && ownMetrics) {
    const server = await broker.startMetricsServer({ source: metrics, ...settings.metrics })
    errors.write(`vendo: metrics are at ${server.url}\n`)
    close = () => server.close()
  } else if (metrics) broker.shareClusterMetrics(metrics)
  const { host, port } = settings
  const { url } = await running.listen({ host, port }).catch(async (error: unknown) => {
    await close()
    throw error
  })
  life.ready(url)
  await life.stop
  return close
}

const requireTracer = (broker: BrokerPackage) => {
  const tracer = broker.findTracer()
  if (tracer !== undefined) return tracer
  throw new CliError(
    'No OpenTelemetry SDK is loaded, so spans would go nowhere.',
    'Start with NODE_OPTIONS="--import=./your-otel-setup.mjs", or leave --otel out.',
  )
}
