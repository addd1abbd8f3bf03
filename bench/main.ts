import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { runCurves } from './curves/run-curves.ts'
import { describeMachine } from './lib/machine.ts'
import type { Rounds } from './lib/measure.ts'
import { type BenchOptions, help, parseOptions } from './lib/options.ts'
import { openWorkbench, type Workbench } from './lib/workbench.ts'
import { writeJson } from './lib/write-json.ts'
import type { BenchReport, Finding } from './report/finding.ts'
import { judge } from './report/finding.ts'
import { formatTable } from './report/format-table.ts'
import { mergeFindings } from './report/merge-findings.ts'
import type { TargetId } from './report/targets.ts'
import { scenarios } from './scenarios/all-scenarios.ts'
import type { Scenario, ScenarioContext } from './scenarios/scenario.ts'
import { hasNginx, nginxVersion } from './variants/nginx.ts'
import { hasPortkey, installPortkey, portkeyVersion } from './variants/portkey.ts'

// Measures what a call through the broker costs; see docs/performance.md.
const fullRounds: Rounds = { count: 5, seconds: 6, warmUpSeconds: 12 }
const quickRounds: Rounds = { count: 3, seconds: 2.5, warmUpSeconds: 3 }

const roundsOf = ({ quick, rounds, seconds }: BenchOptions): Rounds => {
  const usual = quick ? quickRounds : fullRounds
  return {
    count: rounds ?? usual.count,
    seconds: seconds ?? usual.seconds,
    warmUpSeconds: Math.min(usual.warmUpSeconds, seconds ?? usual.warmUpSeconds),
  }
}

const runScenarios = async (workbench: Workbench, options: BenchOptions): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  const portkey = options.portkey ? installPortkey() : hasPortkey()
  const context: ScenarioContext = {
    ...workbench,
    rounds: roundsOf(options),
    quick: options.quick,
    portkey,
    ...(options.soakSeconds !== undefined && { soakSeconds: options.soakSeconds }),
    found: (target: TargetId) => {
      const finding = findings.find((candidate) => candidate.target === target)
      return finding !== undefined && 'value' in finding ? finding.value.median : undefined
    },
  }
  for (const scenario of scenarios) {
    if (options.only.length > 0 && !options.only.includes(scenario.name)) continue
    process.stderr.write(`${scenario.name} …`)
    const startedAt = performance.now()
    findings.push(...(await runOrSkip(scenario, context)))
    process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
  }
  return findings
}

/** One scenario that fails must not cost the figures of the others. */
const runOrSkip = async (scenario: Scenario, context: ScenarioContext): Promise<readonly Finding[]> => {
  try {
    return await scenario.run(context)
  } catch (error) {
    const skipped = `failed: ${error instanceof Error ? error.message : String(error)}`
    return scenario.targets.map((target) => ({ target, skipped }))
  }
}

const reportOf = (workbench: Workbench, options: BenchOptions, findings: readonly Finding[]): BenchReport => ({
  version: 1,
  at: new Date().toISOString(),
  machine: describeMachine(workbench.folder, workbench.tools.native),
  mode: options.quick ? 'quick' : 'full',
  compared: { ...(hasNginx() && { nginx: nginxVersion() }), ...(hasPortkey() && { portkey: portkeyVersion }) },
  findings,
})

/** With `--only`, the file keeps what it said of the other targets. */
const keptWith = ({ only, json }: BenchOptions, findings: readonly Finding[]): readonly Finding[] => {
  if (only.length === 0 || json === undefined || !existsSync(json)) return findings
  return mergeFindings((JSON.parse(readFileSync(json, 'utf8')) as BenchReport).findings, findings)
}

const run = async (options: BenchOptions): Promise<void> => {
  const workbench = await openWorkbench()
  try {
    if (!workbench.tools.native) {
      process.stderr.write('No C compiler: mock and load run in JavaScript and take most of the time themselves.\n')
    }
    if (availableParallelism() < 2) process.stderr.write('One core only: what is measured is also displaced.\n')
    if (options.curves) return await runCurves(workbench, options)
    const findings = await runScenarios(workbench, options)
    process.stdout.write(`\n${formatTable(findings)}`)
    if (options.json !== undefined) writeJson(options.json, reportOf(workbench, options, keptWith(options, findings)))
    const failed = findings.some((finding) => 'skipped' in finding && finding.skipped.startsWith('failed'))
    if (failed || findings.some((finding) => judge(finding) === 'missed')) process.exitCode = 1
  } finally {
    await workbench.close()
  }
}

const options = parseOptions(process.argv.slice(2))
if (options.help) process.stdout.write(help)
else if (process.platform !== 'linux') process.stderr.write('The bench reads CPU time from /proc: it needs Linux.\n')
else await run(options)
