import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { CliError } from '../terminal/cli-error.ts'

/** A command to run. */
export interface ChildCommand {
  readonly command: string
  readonly parameters: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Whether a terminal sends Ctrl-C to the child itself, so that passing it on would be once too often. */
  readonly onTerminal: boolean
}

const passedOn = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const
const sentByTerminal: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Runs a command with this process's own standard streams and passes signals on to it; none of them ends this process
 * meanwhile. Resolves to the exit code, 128 + n after signal n.
 *
 * @throws {CliError} with exit code 127 when there is no such command, 126 when it cannot be run.
 */
export const runChild = ({ command, parameters, env, cwd, onTerminal }: ChildCommand): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { env, cwd, stdio: 'inherit' })
    const stopPassing = passSignals(child, onTerminal)
    child.once('error', (error: NodeJS.ErrnoException) => {
      stopPassing()
      reject(startFailure(command, error))
    })
    child.once('exit', (code, signal) => {
      stopPassing()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })

const passSignals = (child: ChildProcess, onTerminal: boolean): (() => void) => {
  const stops = passedOn.map((signal) => {
    const pass = () => {
      if (!(onTerminal && sentByTerminal.has(signal))) child.kill(signal)
    }
    process.on(signal, pass)
    return () => process.removeListener(signal, pass)
  })
  return () => {
    for (const stop of stops) stop()
  }
}

const startFailure = (command: string, { code }: NodeJS.ErrnoException): CliError =>
  code === 'ENOENT'
    ? new CliError(
        `There is no command ${JSON.stringify(command)}.`,
        'Check its spelling, and that it is on your PATH.',
        127,
      )
    : new CliError(`The command ${JSON.stringify(command)} cannot be run (${code}).`, undefined, 126)
