import type { Meter } from '@vendo/contract'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createBrokerMetrics } from './broker-metrics.ts'
import type { BrokerGauges, EndedCall, ObservedCall, Observer } from './observer.ts'

/** Text in the Prometheus exposition format. */
export interface MetricsSource {
  readonly contentType: string
  text(): Promise<string>
}

/** One metric as its documentation lists it. */
export interface MetricDescription {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly help: string
}

/** The metrics of one broker: given to it as `metrics`, and served by `startMetricsServer`. */
export interface Metrics extends MetricsSource {
  readonly observer: Observer
  /** Those of the broker itself, without the process's. */
  describe(): readonly MetricDescription[]
  /** @internal The registry, for `shareClusterMetrics`. */
  readonly registry: Registry
}

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Adds `process_*` and `nodejs_*`: memory, CPU, event loop, garbage collection. For one broker of a process. Default false. */
  readonly ofProcess?: boolean
}

const idle: BrokerGauges = {
  callsInFlight: () => 0,
  outboxWaiting: () => 0,
  callsWaiting: () => 0,
  logLinesDropped: () => 0,
}

/** Creates an empty set of metrics. */
export const createMetrics = ({ ofProcess = false }: MetricsOptions = {}): Metrics => {
  const registry = new Registry()
  const observer = createMetricsObserver(registry)
  const described = registry.getMetricsAsArray().map(({ name, help, type, ...rest }) => ({
    name,
    type: String(type),
    labels: 'labelNames' in rest && Array.isArray(rest.labelNames) ? rest.labelNames.map(String) : [],
    help,
  }))
  if (ofProcess) collectDefaultMetrics({ register: registry })
  return {
    observer,
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    describe: () => described,
  }
}

const createMetricsObserver = (registry: Registry): Observer => {
  const openHolds = new Set<string>()
  let broker = idle
  let drains = 0
  const metrics = createBrokerMetrics(registry, () => ({
    ...broker,
    openHolds: () => openHolds.size,
    drainsUnderWay: () => drains,
  }))
  return {
    watch: (gauges) => {
      broker = gauges
    },
    callRefused: (call) => countCall(metrics, call),
    callEnded: (call) => {
      countCall(metrics, call)
      measureCall(metrics, call)
      countSettlement(metrics, call)
    },
    holdAnswered: (attemptId, admitted, ms) => {
      if (admitted) openHolds.add(attemptId)
      metrics.hold.record(ms / 1000)
    },
    settled: (attemptId, ms) => {
      openHolds.delete(attemptId)
      metrics.settle.record(ms / 1000)
    },
    drainAsked: (granted) => {
      if (granted) drains++
      metrics.drains.inc({ outcome: granted ? 'granted' : 'refused' })
    },
    drainEnded: () => {
      drains--
    },
    waitEnded: (outcome, ms) => {
      metrics.waits.inc({ outcome })
      if (outcome !== 'full') metrics.wait.record(ms / 1000)
    },
  }
}

type BrokerMetrics = ReturnType<typeof createBrokerMetrics>

const countCall = ({ calls, refused }: BrokerMetrics, call: ObservedCall): void => {
  const { integration = '', status, code = '', progress } = call
  calls.add(1, integration, progress.route ?? '', String(status), code)
  if (code !== '') refused.inc({ integration, code })
}

const measureCall = ({ duration, firstByte, added }: BrokerMetrics, call: EndedCall): void => {
  const { integration, receivedAt, endedAt, progress, settlement } = call
  duration.record((endedAt - receivedAt) / 1000, integration)
  if (settlement.ttfbMs !== null) firstByte.record(settlement.ttfbMs / 1000, integration)
  if (progress.addedMs !== undefined) added.record(progress.addedMs / 1000)
}

const countSettlement = (metrics: BrokerMetrics, { integration, ratedModel, settlement }: EndedCall): void => {
  const { state, reason, flags, quantities } = settlement
  const model = ratedModel ?? 'other'
  if (state === 'estimated') metrics.estimated.inc({ integration, reason: reason ?? '' })
  if (reason === 'unpriced') metrics.unpriced.inc({ integration, model })
  for (const flag of flags) metrics.findings.inc({ integration, finding: findingOf(flag) })
  for (const meter in quantities) {
    const quantity = quantities[meter as Meter]
    if (quantity !== undefined) metrics.quantities.add(quantity, integration, model, meter)
  }
}

/** What stands behind a flag's colon is often a provider's own word, of which there is no end. */
const findingOf = (flag: string): string => flag.split(':', 1)[0] ?? flag
