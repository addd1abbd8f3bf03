import type { Finding } from './finding.ts'
import { targetIds } from './targets.ts'

/** What was measured now in place of what an earlier run found for the same targets, in the order of the table. */
export const mergeFindings = (earlier: readonly Finding[], now: readonly Finding[]): readonly Finding[] =>
  targetIds.flatMap((target) => {
    const found = now.find((one) => one.target === target) ?? earlier.find((one) => one.target === target)
    return found === undefined ? [] : [found]
  })
