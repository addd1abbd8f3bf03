import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { CliError } from '../terminal/cli-error.ts'
import type { RunSignals } from './run-signals.ts'

/** A command to run. */
export interface ChildCommand {
  readonly command: string
  readonly parameters: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly signals: RunSignals
}

/**
 * Runs a command with this process's own standard streams and passes signals on to it; none of them ends this process
 * meanwhile. Resolves to the exit code, 128 + n after signal n.
 *
 * @throws {CliError} with exit code 127 when there is no such command, 126 when it cannot be run.
 */
export const runChild = ({ command, parameters, env, cwd, signals }: ChildCommand): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { env, cwd, stdio: 'inherit' })
    signals.passTo(child)
    child.once('error', (error: NodeJS.ErrnoException) => {
      signals.childEnded()
      reject(startFailure(command, error))
    })
    child.once('exit', (code, signal) => {
      signals.childEnded()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })

const startFailure = (command: string, { code }: NodeJS.ErrnoException): CliError =>
  code === 'ENOENT'
    ? new CliError(
        `There is no command ${JSON.stringify(command)}.`,
        'Check its spelling, and that it is on your PATH.',
        127,
      )
    : new CliError(`The command ${JSON.stringify(command)} cannot be run (${code}).`, undefined, 126)
