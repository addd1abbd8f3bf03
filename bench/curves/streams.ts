import { cpuPerEvent, measure } from '../lib/measure.ts'
import { withVariants } from '../scenarios/scenario.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { hasNginx, startNginx } from '../variants/nginx.ts'
import { type CurvePlan, createLines, doublings } from './curve.ts'

/** One stream of 60 events, 40 ms apart, takes this long. */
const streamSeconds = 2.4

/** Streams, 1 to 2048 at a time. */
export const streamsCurve: CurvePlan = {
  name: 'streams',
  title: 'Streams at the same time',
  run: async ({ mockPort, folder, runLoad, seconds, quick }) => {
    const lines = createLines()
    const nginx = hasNginx() ? [await startNginx(mockPort, folder)] : []
    const variants = [...nginx, await startBrokerVariant({ mockPort, folder })]
    await withVariants(variants, async () => {
      const workload = { model: 'mock-paced-40', stream: true, connections: 64 }
      for (const variant of variants) await measure(runLoad, variant, { ...workload, seconds: streamSeconds })
      for (const connections of doublings(2048, quick)) {
        for (const variant of variants) {
          // As many start as end once the first ones are through.
          const sample = await measure(runLoad, variant, {
            ...workload,
            connections,
            spread: streamSeconds,
            seconds: streamSeconds + seconds,
          })
          lines.add(`${variant.name} cpu`, connections, cpuPerEvent(sample))
          lines.add(`${variant.name} memory`, connections, sample.residentBytes / 1_000_000)
          lines.add(`${variant.name} first`, connections, sample.load.firstByteP50 / 1000)
          lines.add(`${variant.name} last`, connections, Math.max(0.01, sample.load.p50 / 1000 - streamSeconds * 1000))
        }
      }
    })
    return {
      over: 'streams at the same time',
      method: 'Each stream has 60 events, 40 ms apart, out of step with each other; a new one starts when one ends.',
      panels: [
        { title: 'CPU per event', unit: 'µs', series: lines.series(['broker cpu', 'broker'], ['nginx cpu', 'nginx']) },
        {
          title: 'first byte and delay of the last, p50',
          unit: 'ms',
          series: lines.series(['broker first', 'first byte'], ['broker last', 'last byte']),
        },
        { title: 'memory', unit: 'MB', series: lines.series(['broker memory', 'broker']) },
      ],
    }
  },
}
