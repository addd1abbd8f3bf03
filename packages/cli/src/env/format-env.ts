import { CliError } from '../terminal/cli-error.ts'

/** How variables are written. */
export const envFormats = ['dotenv', 'json', 'shell'] as const
/** One of {@link envFormats}. */
export type EnvFormat = (typeof envFormats)[number]

/**
 * Variables as text. `dotenv` is what `node --env-file`, dotenv and docker compose read, and a shell that sources the file
 * reads the same values and runs none; `shell` is for `eval "$(vendo env --format shell)"`.
 *
 * @throws {CliError} for a name or a value that the format cannot hold.
 */
export const formatEnv = (format: EnvFormat, vars: Readonly<Record<string, string>>): string => {
  if (format === 'json') return `${JSON.stringify(vars, null, 2)}\n`
  const quote = format === 'shell' ? quoteForShell : quoteForDotenv
  const prefix = format === 'shell' ? 'export ' : ''
  return Object.entries(vars)
    .map(([name, value]) => `${prefix}${assertName(name)}=${quote(value, name)}\n`)
    .join('')
}

/** The variables that a dotenv file can hold, as text, and the names of the others. */
export const formatDotenv = (
  vars: Readonly<Record<string, string>>,
): { readonly text: string; readonly leftOut: readonly string[] } => {
  const leftOut: string[] = []
  const lines = Object.entries(vars).map(([name, value]) => {
    try {
      return formatEnv('dotenv', { [name]: value })
    } catch {
      leftOut.push(name)
      return ''
    }
  })
  return { text: lines.join(''), leftOut }
}

const assertName = (name: string): string => {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw new CliError(`${JSON.stringify(name)} is no name of a variable.`, 'Use --format json.')
}

const plain = /^[\w./:@%+,=-]+$/

const quoteForShell = (value: string, name: string): string => {
  if (value.includes('\0')) throw new CliError(`${name} holds a NUL character.`, 'Use --format json.')
  return plain.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

/** A dotenv file has no escape for a quote, and a shell expands `$`, a backslash and a backtick in double ones. */
const quoteForDotenv = (value: string, name: string): string => {
  if (plain.test(value)) return value
  const isText = !/[\0\r]/.test(value)
  if (isText && !value.includes("'")) return `'${value}'`
  if (isText && !/["$\\`]/.test(value)) return `"${value}"`
  throw new CliError(
    `The value of ${name} cannot stand in a file that dotenv and a shell both read.`,
    'Use `eval "$(vendo env --format shell)"`, or --format json.',
  )
}
