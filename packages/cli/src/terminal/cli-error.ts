/** Something that `vendo` cannot do, with what to do about it. Never holds a credential. */
export class CliError extends Error {
  /** The next command or setting, in one sentence. */
  readonly nextStep: string | undefined
  readonly exitCode: number

  constructor(message: string, nextStep?: string, exitCode = 1) {
    super(message)
    this.name = 'CliError'
    this.nextStep = nextStep
    this.exitCode = exitCode
  }
}
