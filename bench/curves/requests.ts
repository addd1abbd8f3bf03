import { cpuPerRequest, measure } from '../lib/measure.ts'
import { withVariants } from '../scenarios/scenario.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { hasNginx, startNginx } from '../variants/nginx.ts'
import { type CurvePlan, createLines, doublings } from './curve.ts'

/** JSON calls, 1 to 1024 at a time. */
export const requestsCurve: CurvePlan = {
  name: 'requests',
  title: 'Requests at the same time',
  run: async ({ mockPort, folder, runLoad, seconds, quick }) => {
    const lines = createLines()
    const nginx = hasNginx() ? [await startNginx(mockPort, folder)] : []
    const variants = [...nginx, await startBrokerVariant({ mockPort, folder })]
    await withVariants(variants, async () => {
      const workload = { model: 'mock-json', stream: false, connections: 32, seconds }
      for (const variant of variants) await measure(runLoad, variant, { ...workload, seconds: 2 * seconds })
      for (const connections of doublings(1024, quick)) {
        for (const variant of variants) {
          const sample = await measure(runLoad, variant, { ...workload, connections })
          lines.add(`${variant.name} cpu`, connections, cpuPerRequest(sample))
          lines.add(`${variant.name} rate`, connections, sample.load.perSecond)
          lines.add(`${variant.name} p50`, connections, sample.load.p50 / 1000)
          lines.add(`${variant.name} p99`, connections, sample.load.p99 / 1000)
        }
      }
    })
    return {
      over: 'requests at the same time',
      method: 'Closed loop: each connection sends its next request when the answer is whole.',
      panels: [
        {
          title: 'CPU per request',
          unit: 'µs',
          series: lines.series(['broker cpu', 'broker'], ['nginx cpu', 'nginx']),
        },
        { title: 'throughput', unit: 'req/s', series: lines.series(['broker rate', 'broker']) },
        { title: 'latency', unit: 'ms', series: lines.series(['broker p50', 'p50'], ['broker p99', 'p99']) },
      ],
    }
  },
}
