/** One deliberate fault. The test it names must fail with it, and pass without it. */
export interface Mutant {
  /** The rule that the fault breaks, in a few words. */
  readonly rule: string
  /** The source file, from the root of the repository. */
  readonly file: string
  /** Text that stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The test file that must notice, from the root of the repository. */
  readonly test: string
  /** Narrows the run to tests whose name contains this. Absent: the whole file. */
  readonly testName?: string
}
