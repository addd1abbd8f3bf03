import { join } from 'node:path'
import type { Machine } from '../lib/machine.ts'
import type { Curve, SkippedCurve } from './curve.ts'

/** What a run of curves writes down. */
export interface CurvesReport {
  readonly version: 1
  readonly at: string
  readonly machine: Machine
  readonly curves: readonly (Curve | SkippedCurve)[]
}

/** Where plots and their numbers are kept. */
export const assets = join(import.meta.dirname, '..', '..', 'docs', 'assets')
/** The numbers of all curves. */
export const curvesFile = join(assets, 'perf-curves.json')
