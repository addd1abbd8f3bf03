import { CliError } from '../terminal/cli-error.ts'

/** How variables are written. */
export const envFormats = ['dotenv', 'json', 'shell'] as const
/** One of {@link envFormats}. */
export type EnvFormat = (typeof envFormats)[number]

/**
 * Variables as text. `dotenv` is what `node --env-file`, dotenv and docker read; `shell` is for `eval "$(vendo env --format shell)"`.
 *
 * @throws {CliError} for a value that the format cannot hold.
 */
export const formatEnv = (format: EnvFormat, vars: Readonly<Record<string, string>>): string => {
  if (format === 'json') return `${JSON.stringify(vars, null, 2)}\n`
  const quote = format === 'shell' ? quoteForShell : quoteForDotenv
  const prefix = format === 'shell' ? 'export ' : ''
  return Object.entries(vars)
    .map(([name, value]) => `${prefix}${name}=${quote(value, name)}\n`)
    .join('')
}

const plain = /^[\w./:@%+,=-]+$/

const quoteForShell = (value: string): string => (plain.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`)

/** A dotenv file has no escape for a quote, so the quote is one that the value does not contain. */
const quoteForDotenv = (value: string, name: string): string => {
  if (plain.test(value)) return value
  for (const quote of ["'", '`']) if (!value.includes(quote)) return quote + value + quote
  // Inside double quotes a backslash may mean something.
  if (!/["\\]/.test(value)) return `"${value}"`
  throw new CliError(`${name} holds every kind of quote, which a dotenv file cannot.`, 'Use --format json.')
}
