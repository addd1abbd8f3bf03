import { cpuPerRequest, figures, measureInTurns, type Samples } from '../lib/measure.ts'
import { median, spreadOf } from '../lib/spread.ts'
import type { Finding } from '../report/finding.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { startPortkey } from '../variants/portkey.ts'
import { nginxIfAny, noNginx, part, type Scenario, withVariants } from './scenario.ts'

/** JSON calls as fast as they come, over 32 connections: what one costs, and how many fit on a core. */
export const jsonRequests: Scenario = {
  name: 'json',
  targets: ['json-vs-nginx', 'json-vs-portkey', 'throughput'],
  run: async (context) => {
    const { mockPort, folder, runLoad, rounds, portkey } = context
    const variants = [
      ...(await nginxIfAny(context)),
      await startBrokerVariant({ mockPort, folder }),
      ...(portkey ? [await startPortkey(mockPort)] : []),
    ]
    const workload = { model: 'mock-json', stream: false, connections: 32 }
    const samples = await withVariants(variants, () => measureInTurns(runLoad, variants, { rounds, workload }))
    const perSecond = figures(samples, 'broker', ({ load }) => load.perSecond)
    return [
      againstNginx(samples),
      againstPortkey(samples),
      { target: 'throughput', value: spreadOf(perSecond), parts: latencyParts(samples) },
    ]
  },
}

const cpuOf = (samples: Samples, name: 'broker' | 'nginx' | 'portkey') => figures(samples, name, cpuPerRequest)

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

const latencyParts = (samples: Samples) => [
  part('p50', median(figures(samples, 'broker', ({ load }) => load.p50)) / 1000, 'ms'),
  part('p99', median(figures(samples, 'broker', ({ load }) => load.p99)) / 1000, 'ms'),
]
