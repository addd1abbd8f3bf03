import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CliError } from '../terminal/cli-error.ts'

/** The sample app: ordinary code of a user, in a process of its own. */
export interface AppRun {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Gets what the app writes as it comes. */
  readonly onOutput?: (text: string) => void
  readonly signal: AbortSignal
}

/** How it ended. */
export interface AppEnd {
  readonly exitCode: number
  readonly output: string
  /** What it said last on stderr, in one line. */
  readonly complaint: string
}

const app = fileURLToPath(new URL('../../../../examples/sample-app/app.ts', import.meta.url))

/**
 * Runs the sample app to its end. The environment is exactly `env`.
 *
 * @throws {CliError} where the examples are missing, because this is not a clone of the repository.
 */
export const playApp = async ({ env, cwd, onOutput, signal }: AppRun): Promise<AppEnd> => {
  if (!existsSync(app)) {
    throw new CliError(
      'The demonstration runs the examples, which are not in the published package.',
      'Clone the repository and run `npm install && npm start`.',
    )
  }
  // The sources of a clone run as they are; the warning about that would be the first thing a visitor reads.
  const flags = ['--conditions=vendo-source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, app], { env, cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    onOutput?.(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { exitCode, output, complaint: complaintIn(errors) }
}

/** Node prints the failing line, the error and a stack: the error is what one wants to read. */
const complaintIn = (errors: string): string => {
  const lines = errors.split('\n').map((line) => line.trim())
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.findLast((line) => line !== '') ?? 'no message'
}
