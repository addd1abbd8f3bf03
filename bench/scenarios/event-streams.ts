import { cpuPerEvent, figures, measureInTurns, type Samples } from '../lib/measure.ts'
import { mostResidentBytes } from '../lib/process-cost.ts'
import { median, spreadOf } from '../lib/spread.ts'
import type { Finding } from '../report/finding.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { nginxIfAny, noNginx, part, type Scenario, withVariants } from './scenario.ts'

/** 256 streams at once, each of 60 events 5 ms apart: what one event costs, and what the streams hold in memory. */
export const eventStreams: Scenario = {
  name: 'streams',
  targets: ['chunk-vs-nginx', 'memory-streams'],
  run: async (context) => {
    const { mockPort, folder, runLoad, rounds } = context
    const broker = await startBrokerVariant({ mockPort, folder })
    const variants = [...(await nginxIfAny(context)), broker]
    const workload = { model: 'mock-paced-5', stream: true, connections: 256 }
    return withVariants(variants, async () => {
      let samples: Samples = new Map()
      const most = await mostResidentBytes(broker.process.id, async () => {
        samples = await measureInTurns(runLoad, variants, { rounds, workload })
      })
      return [
        againstNginx(samples),
        { target: 'memory-streams', value: spreadOf([most / 1_000_000]), parts: [] } satisfies Finding,
      ]
    })
  },
}

const againstNginx = (samples: Samples): Finding => {
  const [ours, theirs] = [figures(samples, 'broker', cpuPerEvent), figures(samples, 'nginx', cpuPerEvent)]
  if (theirs.length === 0) return { target: 'chunk-vs-nginx', skipped: noNginx }
  const perSecond = median(figures(samples, 'broker', ({ load }) => load.events / load.seconds))
  return {
    target: 'chunk-vs-nginx',
    value: spreadOf(ours.map((micros, round) => micros / (theirs[round] ?? Number.NaN))),
    parts: [
      part('broker', median(ours), 'µs'),
      part('nginx', median(theirs), 'µs'),
      part('broker', perSecond, 'chunks/s'),
    ],
  }
}
