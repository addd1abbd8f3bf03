import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** How to run a script of this folder's parent. */
export interface ScriptOptions {
  /** Everything but PATH. */
  readonly env: Readonly<Record<string, string>>
  readonly words?: readonly string[]
  readonly cwd?: string
  /** The script imports packages of this repository, whose sources run as they are. */
  readonly usesSources?: boolean
}

/** Runs an example as its user would, in a process of its own. Rejects when it fails. */
export const runScript = async (
  script: string,
  { env, words = [], cwd, usesSources = false }: ScriptOptions,
): Promise<{ readonly output: string }> => {
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url))
  const flags = usesSources ? ['--conditions=vendo-source'] : []
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file, ...words], {
    env: { PATH: process.env['PATH'], ...env },
    ...(cwd !== undefined && { cwd }),
  })
  return { output: stdout }
}
