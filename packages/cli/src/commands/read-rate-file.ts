import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CliError } from '../terminal/cli-error.ts'

const maxFileBytes = 16_777_216

/**
 * The text of a list in a file.
 *
 * @throws {CliError} when it cannot be read, or is too large.
 */
export const readRateFile = (cwd: string, path: string): string => {
  try {
    const file = resolve(cwd, path)
    const status = statSync(file)
    if (!status.isFile()) throw new CliError(`${path} is no file.`)
    if (status.size > maxFileBytes) throw new CliError(`The file ${path} is larger than ${maxFileBytes} bytes.`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`The file ${path} cannot be read.`)
  }
}
