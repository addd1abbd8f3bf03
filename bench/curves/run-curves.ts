import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeMachine } from '../lib/machine.ts'
import type { BenchOptions } from '../lib/options.ts'
import type { Workbench } from '../lib/workbench.ts'
import { writeJson } from '../lib/write-json.ts'
import { drawCurve } from '../plot/draw-curve.ts'
import { bodiesCurve } from './bodies.ts'
import type { Curve, CurvePlan, SkippedCurve } from './curve.ts'
import { assets, type CurvesReport, curvesFile } from './curves-report.ts'
import { keysCurve } from './keys.ts'
import { ledgerCurve } from './ledger.ts'
import { processesCurve } from './processes.ts'
import { requestsCurve } from './requests.ts'
import { streamsCurve } from './streams.ts'

const plans = [requestsCurve, streamsCurve, bodiesCurve, keysCurve, ledgerCurve, processesCurve]

/** Measures the curves and writes their numbers and plots. With `only`, the others stay as they are. */
export const runCurves = async (workbench: Workbench, options: BenchOptions): Promise<void> => {
  const { quick, only, json = curvesFile } = options
  const context = { ...workbench, quick, seconds: options.seconds ?? (quick ? 0.5 : 3) }
  const measured: (Curve | SkippedCurve)[] = []
  for (const plan of plans) {
    if (only.length > 0 && !only.includes(plan.name)) continue
    process.stderr.write(`${plan.name} …`)
    const startedAt = performance.now()
    measured.push(await runOrSkip(plan, () => plan.run(context)))
    process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
  }
  const machine = describeMachine(workbench.folder, workbench.tools.native)
  const report: CurvesReport = { version: 1, at: new Date().toISOString(), machine, curves: merge(json, measured) }
  mkdirSync(assets, { recursive: true })
  writeJson(json, report)
  for (const curve of measured) {
    if ('skipped' in curve) process.stderr.write(`${curve.name}: ${curve.skipped}\n`)
    // Numbers that go elsewhere are a trial, and the plots in the docs are not to change.
    else if (json === curvesFile) writeFileSync(join(assets, `perf-${curve.name}.svg`), drawCurve(curve))
  }
}

const runOrSkip = async (plan: CurvePlan, run: () => ReturnType<CurvePlan['run']>): Promise<Curve | SkippedCurve> => {
  const { name, title } = plan
  try {
    return { name, title, ...(await run()) }
  } catch (error) {
    return { name, title, skipped: `failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Curves of an earlier run stay until they are measured again. */
const merge = (file: string, measured: readonly (Curve | SkippedCurve)[]): readonly (Curve | SkippedCurve)[] => {
  const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CurvesReport).curves : []
  return plans.flatMap(({ name }) => {
    const curve = measured.find((one) => one.name === name) ?? earlier.find((one) => one.name === name)
    return curve === undefined ? [] : [curve]
  })
}
