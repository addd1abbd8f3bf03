import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { CliError } from '../terminal/cli-error.ts'
import { searchFolders } from './search-folders.ts'

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A `.env` file, parsed and not loaded. */
export interface DotenvFile {
  readonly path: string
  readonly variables: Variables
}

/**
 * The nearest `.env` from `cwd` upwards, as the SDK finds it.
 *
 * @throws {CliError} when there is one that cannot be read.
 */
export const readDotenv = (cwd: string): DotenvFile | undefined => {
  for (const folder of searchFolders(cwd)) {
    const path = join(folder, '.env')
    try {
      return { path, variables: parse(readFileSync(path, 'utf8')) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') continue
      throw new CliError(`${path} cannot be read (${code}).`, 'Let your account read it, or move it away.')
    }
  }
  return undefined
}

/** The trimmed text of a variable; `undefined` when it is absent, empty or blank. */
export const textOf = (variables: Variables | undefined, name: string): string | undefined =>
  variables?.[name]?.trim() || undefined
