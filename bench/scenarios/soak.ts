import { readProcessCost } from '../lib/process-cost.ts'
import { assertClean } from '../lib/run-load.ts'
import { median, quantile, spreadOf } from '../lib/spread.ts'
import { type BrokerVariant, startBrokerVariant } from '../variants/broker.ts'
import { part, type Scenario, type ScenarioContext, withVariants } from './scenario.ts'

const streams = 64
const usualRate = 3_000
const lookEveryMs = 1_000

/** Half of the load that fits on a core, and 64 streams beside it, for minutes: does memory grow, and does the ledger add up? */
export const soak: Scenario = {
  name: 'soak',
  targets: ['memory-soak'],
  run: async (context) => {
    const { soakSeconds, mockPort, folder } = context
    if (soakSeconds === undefined) return [{ target: 'memory-soak', skipped: 'npm run bench -- --soak' }]
    const broker = await startBrokerVariant({ mockPort, folder })
    return withVariants([broker], async () => {
      const rate = Math.round((context.found('throughput') ?? usualRate * 2) / 2)
      const { megabytes, completed } = await load(context, broker, rate, soakSeconds)
      const { ok, problems } = await broker.process.ask('verify')
      if (!ok) throw new Error(`The ledger does not add up: ${problems.slice(0, 3).join(' ')}`)
      // The first third is for caches that fill.
      const early = median(megabytes.slice(Math.floor(megabytes.length / 3), Math.floor(megabytes.length / 2)))
      const late = median(megabytes.slice(Math.floor((megabytes.length * 5) / 6)))
      return [
        {
          target: 'memory-soak' as const,
          value: spreadOf([Math.max(0, (late / early - 1) * 100)]),
          parts: [
            part('took', soakSeconds, 's'),
            part('calls', completed, ''),
            part('rate', rate, '/s'),
            part('memory in the end', late, 'MB'),
            part('most', quantile(megabytes, 1), 'MB'),
          ],
        },
      ]
    })
  },
}

const load = async ({ runLoad }: ScenarioContext, broker: BrokerVariant, rate: number, seconds: number) => {
  const megabytes: number[] = []
  const look = setInterval(() => {
    megabytes.push(readProcessCost(broker.process.id).residentBytes / 1_000_000)
  }, lookEveryMs)
  const common = { port: broker.port, seconds }
  const json = broker.requestFor({ model: 'mock-json', stream: false })
  const stream = broker.requestFor({ model: 'mock-paced-40', stream: true })
  const reports = await Promise.all([
    runLoad({ ...common, request: json, connections: 128, rate }),
    runLoad({ ...common, request: stream, connections: streams }),
  ])
  clearInterval(look)
  for (const report of reports) assertClean(report, 'soak')
  return { megabytes, completed: reports.reduce((sum, { completed }) => sum + completed, 0) }
}
