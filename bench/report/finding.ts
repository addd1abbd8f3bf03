import type { Machine } from '../lib/machine.ts'
import type { Spread } from '../lib/spread.ts'
import { type TargetId, targetOf } from './targets.ts'

/** What was measured for one target, or why nothing was. */
export type Finding = MeasuredFinding | SkippedFinding

/** A measured target. */
export interface MeasuredFinding {
  readonly target: TargetId
  /** In the target's unit. */
  readonly value: Spread
  /** What the value was made from. */
  readonly parts: readonly Part[]
}

/** A target that this run says nothing about. */
export interface SkippedFinding {
  readonly target: TargetId
  readonly skipped: string
}

/** One named number. */
export interface Part {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** What a run writes down. */
export interface BenchReport {
  readonly version: 1
  readonly at: string
  readonly machine: Machine
  readonly mode: 'quick' | 'full'
  readonly compared: Readonly<Record<string, string>>
  readonly findings: readonly Finding[]
}

/** How a finding stands against its target. */
export type Verdict = 'stretch' | 'must' | 'missed' | 'skipped'

/** Judges the median. */
export const judge = (finding: Finding): Verdict => {
  if ('skipped' in finding) return 'skipped'
  const { better, must, stretch } = targetOf(finding.target)
  const keeps = (bound: number) => (better === 'lower' ? finding.value.median <= bound : finding.value.median >= bound)
  if (stretch !== undefined && keeps(stretch)) return 'stretch'
  return keeps(must) ? 'must' : 'missed'
}
