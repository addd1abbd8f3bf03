import { openSqliteStore, type Store } from '@vendo/broker'
import { createSqliteStore } from '../broker/create-store.ts'
import { fillLedger, holdOf, settlementOf } from '../broker/fill-ledger.ts'
import { benchTenant } from '../broker/seed-store.ts'
import { quantile } from '../lib/spread.ts'
import { type CurvePlan, createLines } from './curve.ts'

const { tenantId } = benchTenant
const singleCalls = 300
const queryRuns = 7
/** Where the numbers of the timed calls begin. */
const timedFrom = 1_000_000_000

/** Finished calls in the ledger, 10⁴ to 10⁶. */
export const ledgerCurve: CurvePlan = {
  name: 'ledger',
  title: 'Rows in the ledger',
  run: async ({ folder, quick }) => {
    const lines = createLines()
    const created = await createSqliteStore(folder)
    const store = await openSqliteStore({ path: 'sqlite' in created.store ? created.store.sqlite : '' })
    let rows = 0
    for (const count of quick ? [1_000, 10_000] : [10_000, 30_000, 100_000, 300_000, 1_000_000]) {
      await fillLedger(store, rows, count - rows)
      rows = count
      const writes = await timeWrites(store, timedFrom + count * 1_000)
      for (const [name, times] of Object.entries(writes)) {
        lines.add(`${name} p50`, count, quantile(times, 0.5))
        lines.add(`${name} p99`, count, quantile(times, 0.99))
      }
      for (const [name, query] of Object.entries(queriesOf(store))) lines.add(name, count, await timeQuery(query))
    }
    await store.close()
    return {
      over: 'finished calls in the ledger',
      method: 'SQLite; holds and settlements one at a time, so that each waits for its own commit.',
      panels: [
        { title: 'hold', unit: 'ms', series: lines.series(['hold p50', 'p50'], ['hold p99', 'p99']) },
        { title: 'settle', unit: 'ms', series: lines.series(['settle p50', 'p50'], ['settle p99', 'p99']) },
        {
          title: 'queries, p50',
          unit: 'ms',
          series: lines.series('usage of all time', 'usage of the last second', 'a page of calls', 'balance'),
        },
      ],
    }
  },
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const timeWrites = async (store: Store, first: number) => {
  const [hold, settle]: [number[], number[]] = [[], []]
  for (let number = first; number < first + singleCalls; number++) {
    hold.push(await timed(() => store.hold(holdOf(number))))
    settle.push(await timed(() => store.settle(settlementOf(number))))
  }
  return { hold, settle }
}

const queriesOf = (store: Store) => ({
  'usage of all time': () => store.summarizeUsage({ tenantId, groupBy: 'model' }),
  'usage of the last second': () => store.summarizeUsage({ tenantId, groupBy: 'model', since: Date.now() - 1_000 }),
  'a page of calls': () => store.listCalls({ tenantId, limit: 100 }),
  balance: () => store.balance(tenantId),
})

const timeQuery = async (query: () => Promise<unknown>): Promise<number> => {
  const times: number[] = []
  for (let run = 0; run < queryRuns; run++) times.push(await timed(query))
  return quantile(times, 0.5)
}
