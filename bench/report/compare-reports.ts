import type { BenchReport, MeasuredFinding } from './finding.ts'
import { type TargetId, targetOf } from './targets.ts'

/** A target that changed since the baseline. */
export interface Change {
  readonly target: TargetId
  readonly before: number
  readonly now: number
  /** How much worse, as a fraction; negative = better. */
  readonly worseBy: number
  /** Ratios hold on every machine; other figures are only comparable on the same one. */
  readonly relative: boolean
}

/** How much worse a figure may be before it is reported: benchmarks on shared machines are not steadier than this. */
export const tolerance = 0.15

/** Every target that both reports measured. */
export const compareReports = (baseline: BenchReport, current: BenchReport): readonly Change[] => {
  const before = new Map(measured(baseline).map((finding) => [finding.target, finding.value.median]))
  return measured(current).flatMap(({ target, value }) => {
    const old = before.get(target)
    if (old === undefined) return []
    const { better, relative } = targetOf(target)
    const worseBy = better === 'lower' ? value.median / old - 1 : old / value.median - 1
    return [{ target, before: old, now: value.median, worseBy, relative }]
  })
}

const measured = ({ findings }: BenchReport): readonly MeasuredFinding[] =>
  findings.filter((finding): finding is MeasuredFinding => 'value' in finding)
