import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { assertClean } from './lib/run-load.ts'
import { openWorkbench } from './lib/workbench.ts'
import { type CpuProfile, selfTimes } from './report/self-times.ts'
import { startBrokerVariant } from './variants/broker.ts'

// Prints where the broker's time goes, by function, for JSON calls or streams: what to look at when a target is missed.
const { values } = parseArgs({
  options: { stream: { type: 'boolean', default: false }, seconds: { type: 'string', default: '6' } },
})
const workbench = await openWorkbench()
const profiles = join(workbench.folder, 'profiles')
mkdirSync(profiles)
const ask = { model: values.stream ? 'mock-paced-5' : 'mock-json', stream: values.stream }
try {
  const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  const broker = await startBrokerVariant({ ...workbench, nodeArgs, source: true })
  const report = await workbench.runLoad({
    port: broker.port,
    request: broker.requestFor(ask),
    connections: values.stream ? 256 : 32,
    seconds: Number(values.seconds),
  })
  await broker.stop()
  assertClean(report, 'broker')
  process.stdout.write(`${report.completed} calls, ${report.events} events in ${report.seconds.toFixed(1)} s\n`)
  for (const file of readdirSync(profiles)) {
    const profile = JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile
    const { busyMillis, rows } = selfTimes(profile)
    process.stdout.write(`\n${file}: ${busyMillis.toFixed(0)} ms busy\n`)
    for (const { name, millis, share } of rows.slice(0, 30)) {
      process.stdout.write(`${(share * 100).toFixed(1).padStart(5)} %  ${millis.toFixed(0).padStart(6)} ms  ${name}\n`)
    }
  }
} finally {
  await workbench.close()
}
