import { Counter, Gauge, type Registry } from 'prom-client'
import type { BrokerGauges } from './observer.ts'
import { QuickHistogram } from './quick-histogram.ts'
import { createTally } from './tally.ts'

const callSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800]
const brokerSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

/** What the gauges read; a broker's own state is filled in when there is one. */
export interface GaugeSources extends BrokerGauges {
  readonly openHolds: () => number
  readonly drainsUnderWay: () => number
}

/**
 * Every metric of a broker, made in a registry. Labels have few values: integrations and routes from the providers' tables,
 * models from the rate tables, codes, reasons and meters from Vendo's own lists. Money is not among them: a floating-point
 * sample cannot hold it exactly, and the ledger does.
 */
export const createBrokerMetrics = (registry: Registry, sources: () => GaugeSources) => {
  const registers = [registry]
  createGauges(registry, sources)
  countDroppedLines(registry, sources)
  return {
    calls: createTally({
      name: 'vendo_calls_total',
      help: 'Proxied calls by what the client was answered; status 0: it left first; code: empty when the provider answered',
      labelNames: ['integration', 'route', 'status', 'code'],
      registers,
    }),
    refused: new Counter({
      name: 'vendo_calls_refused_total',
      help: 'Calls that the broker answered with an error of its own, by Vendo-Error-Code',
      labelNames: ['integration', 'code'],
      registers,
    }),
    estimated: new Counter({
      name: 'vendo_calls_estimated_total',
      help: 'Calls settled without final usage, by reason; unpriced: something had no rate',
      labelNames: ['integration', 'reason'],
      registers,
    }),
    unpriced: new Counter({
      name: 'vendo_calls_unpriced_total',
      help: 'Calls settled at their hold because a model or a meter had no rate',
      labelNames: ['integration', 'model'],
      registers,
    }),
    findings: new Counter({
      name: 'vendo_findings_total',
      help: 'Flags on settled calls, such as unknown_usage_key, above_hold or split_mismatch',
      labelNames: ['integration', 'finding'],
      registers,
    }),
    quantities: createTally({
      name: 'vendo_usage_total',
      help: 'Tokens and uses of settled calls, by meter',
      labelNames: ['integration', 'model', 'meter'],
      registers,
    }),
    ...createHistograms(registers),
    drains: new Counter({
      name: 'vendo_drains_total',
      help: 'Answers whose client left; granted: read on to the usage, refused: too many of these at once',
      labelNames: ['outcome'],
      registers,
    }),
    waits: new Counter({
      name: 'vendo_waits_total',
      help: 'Calls that only running calls kept from being admitted, by how their wait ended; full: too many waited already',
      labelNames: ['outcome'],
      registers,
    }),
  }
}

const createHistograms = (registers: Registry[]) => ({
  duration: new QuickHistogram({
    name: 'vendo_call_seconds',
    help: 'From the head of a call to its end, for admitted calls',
    labelNames: ['integration'],
    buckets: callSeconds,
    registers,
  }),
  firstByte: new QuickHistogram({
    name: 'vendo_ttfb_seconds',
    help: "From dispatch to the head of the provider's answer",
    labelNames: ['integration'],
    buckets: callSeconds,
    registers,
  }),
  added: new QuickHistogram({
    name: 'vendo_added_seconds',
    help: "The broker's own time before the dispatch of a call, its hold included, waits for the client's body and for money not",
    buckets: brokerSeconds,
    registers,
  }),
  hold: new QuickHistogram({
    name: 'vendo_hold_seconds',
    help: 'How long the store took to admit or to refuse an attempt',
    buckets: brokerSeconds,
    registers,
  }),
  wait: new QuickHistogram({
    name: 'vendo_wait_seconds',
    help: 'How long calls waited for money that running calls held',
    buckets: callSeconds,
    registers,
  }),
  settle: new QuickHistogram({
    name: 'vendo_settle_seconds',
    help: "How long the store took to write an attempt's terminal row",
    buckets: brokerSeconds,
    registers,
  }),
})

const gauges: Readonly<Record<string, { readonly help: string; readonly source: keyof GaugeSources }>> = {
  vendo_calls_in_flight: { help: 'Calls under way', source: 'callsInFlight' },
  vendo_open_holds: { help: 'Holds of this broker that are not settled yet', source: 'openHolds' },
  vendo_drains_under_way: { help: 'Answers read on after their client left', source: 'drainsUnderWay' },
  vendo_calls_waiting: { help: 'Calls that wait for money that running calls hold', source: 'callsWaiting' },
  vendo_outbox_waiting: { help: 'Settlements that the store has not taken yet', source: 'outboxWaiting' },
}

const createGauges = (registry: Registry, sources: () => GaugeSources): void => {
  for (const [name, { help, source }] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => gauge.set(sources()[source]()),
    })
  }
}

/** A counter, because workers are added up and a restart begins again. */
const countDroppedLines = (registry: Registry, sources: () => GaugeSources): void => {
  new Counter({
    name: 'vendo_log_lines_dropped_total',
    help: 'Log lines that stdout did not take: its reader is gone or too slow, its disk is full',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(sources().logLinesDropped())
    },
  })
}
