import { cpuPerRequest, figures, measureInTurns, type Samples } from '../lib/measure.ts'
import { median, spreadOf } from '../lib/spread.ts'
import type { Finding } from '../report/finding.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { startPortkey } from '../variants/portkey.ts'
import { nginxIfAny, noNginx, part, type Scenario, withVariants } from './scenario.ts'

/** JSON calls as fast as they come, over 32 connections: what one costs, and how many fit on a core. */
export const jsonRequests: Scenario = {
  name: 'json',
  targets: ['json-vs-nginx', 'json-vs-portkey', 'throughput', 'traces-added'],
  run: async (context) => {
    const { mockPort, folder, runLoad, rounds, portkey } = context
    const variants = [
      ...(await nginxIfAny(context)),
      await startBrokerVariant({ mockPort, folder }),
      await startBrokerVariant({ mockPort, folder, traces: true }),
      ...(portkey ? [await startPortkey(mockPort)] : []),
    ]
    const workload = { model: 'mock-json', stream: false, connections: 32 }
    const samples = await withVariants(variants, () => measureInTurns(runLoad, variants, { rounds, workload }))
    const perSecond = figures(samples, 'broker', ({ load }) => load.perSecond)
    return [
      againstNginx(samples),
      againstPortkey(samples),
      { target: 'throughput', value: spreadOf(perSecond), parts: latencyParts(samples) },
      tracesAdded(samples),
    ]
  },
}

const cpuOf = (samples: Samples, name: 'broker' | 'traced' | 'nginx' | 'portkey') =>
  figures(samples, name, cpuPerRequest)

const againstNginx = (samples: Samples): Finding => {
  const [ours, theirs] = [cpuOf(samples, 'broker'), cpuOf(samples, 'nginx')]
  if (theirs.length === 0) return { target: 'json-vs-nginx', skipped: noNginx }
  return {
    target: 'json-vs-nginx',
    value: spreadOf(ours.map((micros, round) => micros / (theirs[round] ?? Number.NaN))),
    parts: [part('broker', median(ours), 'µs'), part('nginx', median(theirs), 'µs')],
  }
}

const againstPortkey = (samples: Samples): Finding => {
  const [ours, theirs] = [cpuOf(samples, 'broker'), cpuOf(samples, 'portkey')]
  if (theirs.length === 0) return { target: 'json-vs-portkey', skipped: 'npm run bench -- --portkey installs it' }
  return {
    target: 'json-vs-portkey',
    value: spreadOf(theirs.map((micros, round) => micros / (ours[round] ?? Number.NaN))),
    parts: [part('Portkey', median(theirs), 'µs'), part('broker', median(ours), 'µs')],
  }
}

/** What a span for each call costs, before any exporter. */
const tracesAdded = (samples: Samples): Finding => {
  const [plain, traced] = [cpuOf(samples, 'broker'), cpuOf(samples, 'traced')]
  return {
    target: 'traces-added',
    value: spreadOf(traced.map((micros, round) => (micros / (plain[round] ?? Number.NaN) - 1) * 100)),
    parts: [part('traced', median(traced), 'µs'), part('broker', median(plain), 'µs')],
  }
}

const latencyParts = (samples: Samples) => [
  part('p50', median(figures(samples, 'broker', ({ load }) => load.p50)) / 1000, 'ms'),
  part('p99', median(figures(samples, 'broker', ({ load }) => load.p99)) / 1000, 'ms'),
]
