import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadTools } from './load-tools.ts'
import { cores, startProgram, wholeOutput } from './start-program.ts'

/** What the load generator saw. Times in microseconds. */
export interface LoadReport {
  readonly completed: number
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Answers within the given time; those of the last requests come after it and are not counted. */
  readonly perSecond: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly most: number
  readonly firstByteP50: number
  readonly firstByteP99: number
  /** Events of event streams, of unfinished answers too. */
  readonly events: number
  /** Answers other than 2xx. */
  readonly refused: number
  /** Status and error code of the first of them. */
  readonly refusedWith: string
  /** Connections that were lost in the middle of an answer. */
  readonly broken: number
  readonly unfinished: number
  readonly bytes: number
}

/** One run of the load generator. */
export interface LoadOptions {
  readonly port: number
  /** The whole request, head and body. */
  readonly request: Buffer
  readonly connections: number
  readonly seconds: number
  /** Requests per second; absent = as fast as answers come. */
  readonly rate?: number
  /** Seconds over which the first requests start, so that streams do not march in step. Default 0. */
  readonly spread?: number
  /** Keys that take turns; the first one stands in the request. */
  readonly keys?: readonly string[]
}

/** Runs the load generator once. */
export type RunLoad = (options: LoadOptions) => Promise<LoadReport>

/** Prepares to run the load generator, which keeps its files in `folder`. */
export const createRunLoad = (tools: LoadTools, folder: string): RunLoad => {
  let runs = 0
  return async ({ port, request, connections, seconds, rate = 0, spread = 0, keys }) => {
    const run = ++runs
    const requestFile = join(folder, `request-${run}`)
    writeFileSync(requestFile, request)
    const args = [`port=${port}`, `request=${requestFile}`, `connections=${connections}`, `seconds=${seconds}`]
    if (keys !== undefined) {
      const keyFile = join(folder, `keys-${run}`)
      writeFileSync(keyFile, keys.map((key) => `${key}\n`).join(''), { mode: 0o600 })
      args.push(`keys=${keyFile}`)
    }
    const { command, args: first } = tools.load
    const program = startProgram({
      command,
      args: [...first, ...args, `rate=${rate}`, `spread=${spread}`],
      core: cores.around,
    })
    return JSON.parse(await wholeOutput(program)) as LoadReport
  }
}

/** Throws when an answer was not what a client wants: a fast refusal is no performance. */
export const assertClean = (report: LoadReport, who: string): void => {
  const { completed, refused, refusedWith, broken, unfinished } = report
  if (completed > 0 && refused === 0 && broken === 0 && unfinished === 0) return
  throw new Error(
    `${who}: ${completed} answers, ${refused} refused (${refusedWith}), ${broken} cut off, ${unfinished} unfinished.`,
  )
}
