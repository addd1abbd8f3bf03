import type { ReplayOutcome } from './run-exchange.ts'

/** Counts of a run, and how to say them. */
export interface Tally {
  readonly exchanges: number
  readonly chunkings: number
  readonly passed: number
  readonly failed: number
  /** Recordings not replayed, by family, with the reason. */
  readonly skipped: ReadonlyMap<string, number>
}

/** The last line of a run. */
export const describeTally = ({ exchanges, chunkings, passed, failed, skipped }: Tally): string => {
  const total = [...skipped.values()].reduce((sum, count) => sum + count, 0)
  const reasons = [...skipped].map(([family, count]) => `${family}: ${count}, no provider for it yet`)
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return `transcripts: ${exchanges} exchanges × ${chunkings} chunkings: ${passed} passed, ${failed} failed, ${total} skipped${why}`
}

/** One outcome that failed, as a block of lines. */
export const describeFailure = ({ label, problems }: ReplayOutcome): string =>
  [`FAILED ${label}`, ...problems.map((problem) => `  ${problem.replaceAll('\n', '\n  ')}`)].join('\n')
