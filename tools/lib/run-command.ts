import { type ChildProcess, spawn } from 'node:child_process'
import { root } from './workspace.ts'

/** How a command ended; `output` is stdout and stderr as they came. */
export interface CommandResult {
  readonly code: number
  readonly output: string
  readonly seconds: number
  /** Whether it was ended because `timeoutMs` had passed. */
  readonly timedOut: boolean
}

/** A program and its arguments. The folder defaults to the repository; without `timeoutMs` it may run for ever. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended in the meantime, or this system has no process groups.
    child.kill('SIGKILL')
  }
}

/** Runs a command to its end. Never rejects: a program that cannot be started has code 127 and says why. */
export const runCommand = ({ program, args, cwd = root, env = {}, timeoutMs }: Command): Promise<CommandResult> =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const output: string[] = []
    let timedOut = false
    const child = spawn(program, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: timeoutMs !== undefined,
    })
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true
            killGroup(child)
          }, timeoutMs)
    const endWithThis = () => killGroup(child)
    if (timeoutMs !== undefined) process.once('exit', endWithThis)
    const end = (code: number) => {
      clearTimeout(timer)
      process.removeListener('exit', endWithThis)
      resolve({ code, output: output.join(''), seconds: (performance.now() - startedAt) / 1000, timedOut })
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text))
    child.on('error', (cause) => {
      output.push(`${program} could not be started: ${cause.message}\n`)
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
  })

/** The same, but a failure is an error that carries the output. */
export const runOrThrow = async (command: Command): Promise<string> => {
  const { code, output } = await runCommand(command)
  if (code !== 0) throw new Error(`${command.program} ${command.args.join(' ')} failed with code ${code}:\n${output}`)
  return output
}
