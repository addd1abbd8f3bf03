import { measure } from '../lib/measure.ts'
import { withVariants } from '../scenarios/scenario.ts'
import { startBrokerVariant } from '../variants/broker.ts'
import { directVariant } from '../variants/direct.ts'
import { type CurvePlan, createLines } from './curve.ts'

const sizes = [1, 4, 16, 64, 256, 1_000, 4_000, 16_000].map((kilobytes) => kilobytes * 1_000)

/** Request bodies, 1 kB to 16 MB. */
export const bodiesCurve: CurvePlan = {
  name: 'bodies',
  title: 'Size of the request body',
  run: async ({ mockPort, folder, runLoad, seconds, quick }) => {
    const lines = createLines()
    const broker = await startBrokerVariant({ mockPort, folder, core: null })
    const variants = [directVariant(mockPort), broker]
    await withVariants(variants, async () => {
      const workload = { model: 'mock-json', stream: false, connections: 1, seconds }
      await measure(runLoad, broker, workload)
      for (const bytes of quick ? sizes.filter((_, index) => index % 2 === 1) : sizes) {
        const direct = await measure(runLoad, directVariant(mockPort), { ...workload, bytes })
        await broker.process.ask('watch-loop')
        const through = await measure(runLoad, broker, { ...workload, bytes })
        lines.add('longest block', bytes / 1000, await broker.process.ask('read-loop'))
        lines.add('direct', bytes / 1000, direct.load.p50 / 1000)
        lines.add('broker', bytes / 1000, through.load.p50 / 1000)
        lines.add('cpu', bytes / 1000, through.cpuMicros / through.load.completed / 1000)
      }
    })
    return {
      over: 'kB of JSON in the request',
      method: 'One request after another, on all cores.',
      panels: [
        { title: 'time of a call, p50', unit: 'ms', series: lines.series('broker', 'direct') },
        { title: 'CPU of a call', unit: 'ms', series: lines.series(['cpu', 'broker']) },
        { title: 'event loop blocked at most', unit: 'ms', series: lines.series(['longest block', 'broker']) },
      ],
    }
  },
}
