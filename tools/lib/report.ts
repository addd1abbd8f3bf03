/** What a check found. `remedy` tells the reader what to do about it, in one sentence. */
export interface Verdict {
  readonly check: string
  /** One line each, beginning with `path:line` where there is one. */
  readonly findings: readonly string[]
  readonly remedy: string
  /** What to print beside the verdict either way: counts, sizes, medians. */
  readonly facts?: readonly string[]
}

/** Prints a verdict and sets the exit code to 1 when there is a finding. */
export const report = ({ check, findings, remedy, facts = [] }: Verdict): void => {
  for (const fact of facts) console.log(fact)
  if (findings.length === 0) {
    console.log(`${check}: ok`)
    return
  }
  for (const finding of findings) console.error(`  ${finding}`)
  console.error(`${check}: ${findings.length} finding${findings.length === 1 ? '' : 's'}. ${remedy}`)
  process.exitCode = 1
}
