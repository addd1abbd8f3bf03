import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { assertClean } from './lib/run-load.ts'
import { readThreadCosts, threadCostsBetween } from './lib/thread-costs.ts'
import { openWorkbench } from './lib/workbench.ts'
import { startBrokerVariant } from './variants/broker.ts'

// Prints which threads of a warm broker a call costs how much CPU, in µs per JSON call or per event of a stream.
const { values } = parseArgs({
  options: { stream: { type: 'boolean', default: false }, seconds: { type: 'string', default: '8' } },
})
const settleMs = 100
const warmUpSeconds = 12
const workbench = await openWorkbench()
try {
  const broker = await startBrokerVariant(workbench)
  const load = {
    port: broker.port,
    request: broker.requestFor({ model: values.stream ? 'mock-paced-5' : 'mock-json', stream: values.stream }),
    connections: values.stream ? 256 : 32,
  }
  assertClean(await workbench.runLoad({ ...load, seconds: warmUpSeconds }), 'warm-up')
  const before = readThreadCosts(broker.process.id)
  const report = await workbench.runLoad({ ...load, seconds: Number(values.seconds) })
  await wait(settleMs)
  const costs = threadCostsBetween(before, readThreadCosts(broker.process.id))
  assertClean(report, 'broker')
  const count = values.stream ? report.events : report.completed
  const micros = (sum: number): string => (sum / count).toFixed(1).padStart(7)
  process.stdout.write(`${count} ${values.stream ? 'events' : 'calls'}, µs of CPU for each\n   user  system\n`)
  for (const [name, { user, system }] of [...costs].sort(([, left], [, right]) => right.user - left.user)) {
    if ((user + system) / count >= 0.1) process.stdout.write(`${micros(user)} ${micros(system)}  ${name}\n`)
  }
} finally {
  await workbench.close()
}
