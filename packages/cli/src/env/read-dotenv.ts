import { join } from 'node:path'
import { parse } from 'dotenv'
import { CliError } from '../terminal/cli-error.ts'
import { maxEnvFileBytes, readSmallFile } from './read-small-file.ts'
import { searchFolders } from './search-folders.ts'

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A `.env` file, parsed and not loaded. */
export interface DotenvFile {
  readonly path: string
  readonly variables: Variables
}

/**
 * The nearest `.env` from `cwd` upwards, as the SDK finds it: an ordinary file, or a link to one.
 *
 * @throws {CliError} when there is one that cannot be read, or that is larger than 1 MiB.
 */
export const readDotenv = (cwd: string): DotenvFile | undefined => {
  for (const folder of searchFolders(cwd)) {
    const path = join(folder, '.env')
    try {
      const text = readSmallFile(path)
      if (text !== undefined) return { path, variables: parse(text) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') continue
      if (code === 'EFBIG') throw new CliError(`${path} is larger than ${maxEnvFileBytes} bytes.`, 'Move it away.')
      throw new CliError(`${path} cannot be read (${code}).`, 'Let your account read it, or move it away.')
    }
  }
  return undefined
}

/** The trimmed text of a variable; `undefined` when it is absent, empty or blank. */
export const textOf = (variables: Variables | undefined, name: string): string | undefined =>
  variables?.[name]?.trim() || undefined
