import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { openPostgresStore } from '@vendo/broker'
import { startTestPostgres } from '@vendo/testkit/postgres'
import { callForSeconds, seedTenant } from './lib/call-load.ts'

// How long a hold takes when several brokers hammer one tenant on one Postgres that waits for the disk:
//   npm run bench:holds            node --conditions=vendo-source bench/hold-latency.ts --processes 4 --callers 32 --seconds 10

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '4' },
    callers: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '0' },
    /** Set for the children: the store to hammer. */
    url: { type: 'string' },
    name: { type: 'string', default: 'one' },
  },
})
const callers = Number(values.callers)
const seconds = Number(values.seconds)
const callsPerSecond = Number(values.rate)

const hammer = async (url: string): Promise<void> => {
  const store = await openPostgresStore({ url, patienceMs: 5_000 })
  const latencies = await callForSeconds(store, { callers, seconds, callsPerSecond, name: values.name })
  await store.close()
  process.stdout.write(JSON.stringify(latencies))
}

const startChild = (url: string, index: number): ChildProcess => {
  const load = ['--callers', values.callers, '--seconds', values.seconds, '--rate', values.rate]
  const args = ['--conditions=vendo-source', import.meta.filename, '--url', url, '--name', `p${index}`, ...load]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

const percentile = (sorted: readonly number[], share: number): string =>
  `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1)} ms`

const report = (name: string, latencies: readonly number[]): void => {
  const sorted = latencies.toSorted((a, b) => a - b)
  const rate = Math.round(sorted.length / seconds)
  process.stdout.write(
    `${name.padEnd(7)} p50 ${percentile(sorted, 0.5)}   p99 ${percentile(sorted, 0.99)}   max ${percentile(sorted, 1)}   ${rate} per second\n`,
  )
}

const measure = async (): Promise<void> => {
  const server = await startTestPostgres({ fsync: true })
  try {
    const url = server.url('postgres')
    const store = await openPostgresStore({ url })
    await seedTenant(store)
    const pace = callsPerSecond === 0 ? 'as fast as they can' : `${callsPerSecond} calls per second each`
    process.stdout.write(
      `${server.version}; ${values.processes} processes, ${callers} callers each, ${pace}, one tenant, ${seconds} s\n`,
    )
    const children = Array.from({ length: Number(values.processes) }, (_, index) => startChild(url, index))
    const outputs = await Promise.all(children.map((child) => child.stdout && text(child.stdout)))
    const measured = outputs.map((output) => JSON.parse(output ?? '') as Awaited<ReturnType<typeof callForSeconds>>)
    report(
      'hold',
      measured.flatMap(({ hold }) => hold),
    )
    report(
      'settle',
      measured.flatMap(({ settle }) => settle),
    )
    const verified = await store.verify()
    process.stdout.write(`verify: ${verified.ok ? 'clean' : verified.problems.join(' ')}, ${verified.rows} rows\n`)
    await store.close()
    if (!verified.ok) process.exitCode = 1
  } finally {
    await server.stop()
  }
}

if (values.url === undefined) await measure()
else await hammer(values.url)
