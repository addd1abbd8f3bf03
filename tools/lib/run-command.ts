import { spawn } from 'node:child_process'
import { root } from './workspace.ts'

/** How a command ended; `output` is stdout and stderr as they came. */
export interface CommandResult {
  readonly code: number
  readonly output: string
  readonly seconds: number
}

/** A program and its arguments. The folder defaults to the repository. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a command to its end. Never rejects: a program that cannot be started has code 127 and says why. */
export const runCommand = ({ program, args, cwd = root, env = {} }: Command): Promise<CommandResult> =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const output: string[] = []
    const child = spawn(program, [...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const end = (code: number) =>
      resolve({ code, output: output.join(''), seconds: (performance.now() - startedAt) / 1000 })
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
