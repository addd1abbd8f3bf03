import { createSqliteStore } from '../broker/create-store.ts'
import { startBroker } from '../broker/start-broker.ts'
import { readProcessCost } from '../lib/process-cost.ts'
import { assertClean } from '../lib/run-load.ts'
import { brokerVariant } from '../variants/broker.ts'
import { type CurvePlan, createLines } from './curve.ts'

/** Keys that take turns, 10² to 10⁵. */
export const keysCurve: CurvePlan = {
  name: 'keys',
  title: 'Keys in use',
  run: async ({ mockPort, folder, runLoad, seconds, quick }) => {
    const lines = createLines()
    for (const count of quick ? [100, 1_000] : [100, 1_000, 10_000, 100_000]) {
      const { store, keys } = await createSqliteStore(folder, count)
      const setup = { store, upstreamOrigin: `http://127.0.0.1:${mockPort}`, timings: true }
      const process = await startBroker({ setup, folder })
      const request = brokerVariant(process, keys[0] ?? '').requestFor({ model: 'mock-json', stream: false })
      const load = { port: process.port, request, connections: 32, keys }
      assertClean(await runLoad({ ...load, seconds: 2 * seconds }), 'warm-up')
      const before = readProcessCost(process.id)
      const report = await runLoad({ ...load, seconds: 2 * seconds })
      const after = readProcessCost(process.id)
      assertClean(report, `${count} keys`)
      const timings = await process.ask('read-timings')
      lines.add('cpu', count, (after.cpuMicros - before.cpuMicros) / report.completed)
      lines.add('memory', count, after.residentBytes / 1_000_000)
      lines.add('hold', count, (timings?.hold.p50 ?? 0) / 1000)
      await process.stop()
    }
    return {
      over: 'keys that take turns, each with its own limits',
      method: 'Every request uses another key than the one before it, so every hold touches other accounts.',
      panels: [
        { title: 'CPU per request', unit: 'µs', series: lines.series(['cpu', 'broker']) },
        { title: 'hold, p50 at 32 at a time', unit: 'ms', series: lines.series('hold') },
        { title: 'memory', unit: 'MB', series: lines.series(['memory', 'broker']) },
      ],
    }
  },
}
