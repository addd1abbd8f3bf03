import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'

/** A program that runs beside the bench. */
export interface Program {
  readonly id: number
  readonly child: ChildProcess
  /** Ends it, gently first; resolves when it is gone. */
  stop(): Promise<void>
}

/** What to start, and where. */
export interface ProgramOptions {
  readonly command: string
  readonly args: readonly string[]
  /** The core it may use; absent = all. */
  readonly core?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdio?: StdioOptions
}

/** Options of this Node that make it run the sources, for every other Node. */
export const fromSource: readonly string[] = process.execArgv

const forceAfterMs = 15_000

/** Whether processes can be held to cores here: what is measured then cannot be displaced by what measures. */
export const canPin = (): boolean => availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** The core of what is measured, and the one of everything else. */
export const cores = { measured: 0, around: 1 } as const

const running = new Set<Program>()

/** Ends whatever is left, such as the other variants when one could not be started. */
export const stopPrograms = async (): Promise<void> => {
  await Promise.all([...running].map((program) => program.stop()))
}

/** Starts a program; `taskset` becomes it, so that its id is the program's own. */
export const startProgram = ({ command, args, core, env, cwd, stdio }: ProgramOptions): Program => {
  const pinned = core !== undefined && canPin()
  const [file, all] = pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]
  const child = spawn(file, all, {
    stdio: stdio ?? ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  })
  const gone = once(child, 'exit')
  if (child.pid === undefined) throw new Error(`${command} cannot be started.`)
  const endWithUs = () => child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const program: Program = {
    id: child.pid,
    child,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), forceAfterMs)
      await gone
      clearTimeout(force)
    },
  }
  running.add(program)
  child.once('exit', () => {
    running.delete(program)
    process.off('exit', endWithUs)
  })
  return program
}

/** The first line a program writes; rejects when it ends before that. */
export const firstLine = async ({ child }: Program): Promise<string> => {
  let text = ''
  for await (const piece of child.stdout ?? []) {
    text += String(piece)
    if (text.includes('\n')) break
  }
  const [line = ''] = text.split('\n')
  if (line === '') throw new Error('The program ended without a word.')
  return line
}

/** Everything a program writes until it ends. Rejects when it fails. */
export const wholeOutput = async ({ child }: Program): Promise<string> => {
  const pieces: string[] = []
  child.stdout?.on('data', (piece) => pieces.push(String(piece)))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`The program ended with ${code}.`)
  return pieces.join('')
}
