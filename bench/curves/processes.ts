import { findPostgres, startTestPostgres } from '@vendo/testkit/postgres'
import { createPostgresStore } from '../broker/create-store.ts'
import { type BrokerProcess, startBroker } from '../broker/start-broker.ts'
import { readProcessCost } from '../lib/process-cost.ts'
import { assertClean, type LoadReport } from '../lib/run-load.ts'
import { brokerVariant } from '../variants/broker.ts'
import { type CurveContext, type CurvePlan, createLines } from './curve.ts'

const connectionsEach = 32

/** Brokers on one Postgres, 1 to 4. */
export const processesCurve: CurvePlan = {
  name: 'processes',
  title: 'Broker processes on one Postgres',
  run: async (context) => {
    if (findPostgres() === undefined) return { skipped: 'Postgres is not installed: apt-get install postgresql' }
    const lines = createLines()
    const postgres = await startTestPostgres({ fsync: true })
    try {
      const { store, keys } = await createPostgresStore(postgres.url('postgres'))
      const setup = { store, upstreamOrigin: `http://127.0.0.1:${context.mockPort}`, timings: false }
      const brokers: BrokerProcess[] = []
      for (let count = 1; count <= 4; count++) {
        brokers.push(await startBroker({ setup, folder: context.folder, core: null }))
        await loadAll(context, brokers, keys[0] ?? '')
        const before = cpuOf(brokers)
        const reports = await loadAll(context, brokers, keys[0] ?? '')
        const completed = reports.reduce((sum, report) => sum + report.completed, 0)
        const rate = reports.reduce((sum, report) => sum + report.perSecond, 0)
        lines.add('rate', count, rate)
        lines.add('cpu', count, (cpuOf(brokers) - before) / completed)
        lines.add('p50', count, Math.max(...reports.map(({ p50 }) => p50)) / 1000)
        lines.add('p99', count, Math.max(...reports.map(({ p99 }) => p99)) / 1000)
      }
      for (const broker of brokers) await broker.stop()
    } finally {
      await postgres.stop()
    }
    return {
      over: 'broker processes',
      method: `Postgres with fsync, brokers, load and provider share all cores; ${connectionsEach} connections for each broker, one key for all.`,
      panels: [
        { title: 'throughput of all', unit: 'req/s', series: lines.series(['rate', 'brokers']) },
        { title: 'CPU per request, Postgres aside', unit: 'µs', series: lines.series(['cpu', 'brokers']) },
        { title: 'latency', unit: 'ms', series: lines.series('p50', 'p99') },
      ],
    }
  },
}

const cpuOf = (brokers: readonly BrokerProcess[]): number =>
  brokers.reduce((sum, { id }) => sum + readProcessCost(id).cpuMicros, 0)

const loadAll = async (
  { runLoad, seconds }: CurveContext,
  brokers: readonly BrokerProcess[],
  key: string,
): Promise<readonly LoadReport[]> => {
  const reports = await Promise.all(
    brokers.map((broker) => {
      const request = brokerVariant(broker, key).requestFor({ model: 'mock-json', stream: false })
      return runLoad({ port: broker.port, request, connections: connectionsEach, seconds: 2 * seconds })
    }),
  )
  for (const report of reports) assertClean(report, 'brokers on Postgres')
  return reports
}
