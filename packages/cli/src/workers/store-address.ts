import { resolve } from 'node:path'
import { CliError } from '../terminal/cli-error.ts'

/** Where a broker keeps everything. */
export type StoreAddress =
  | { readonly kind: 'sqlite' /** Absolute, or `:memory:`. */; readonly path: string }
  | { readonly kind: 'postgres' /** May hold a password: never printed. */; readonly url: string }

const advice = 'Use --store sqlite:PATH or --store postgres://USER@HOST/DATABASE.'

/**
 * Reads `--store`.
 *
 * @throws {CliError} for anything else, without a password that may be in it.
 */
export const parseStoreAddress = (text: string | undefined, cwd: string): StoreAddress => {
  if (text === undefined || text.trim() === '') throw new CliError('No store is named.', advice)
  if (/^postgres(ql)?:\/\//.test(text)) return { kind: 'postgres', url: text }
  const path = text.startsWith('sqlite:') ? text.slice('sqlite:'.length) : ''
  if (path !== '') return { kind: 'sqlite', path: path === ':memory:' ? path : resolve(cwd, path) }
  throw new CliError(`${JSON.stringify(withoutCredentials(text))} is no store.`, advice)
}

/** The same text, in which no URL has a user or a password any more. */
export const withoutCredentials = (text: string): string =>
  text.replace(/:\/\/\S*@/g, '://…@').replace(/([?&]password=)[^&\s]*/gi, '$1…')

/**
 * Runs work on a store; an error whose words quote the password becomes one that does not.
 *
 * @throws whatever the work throws.
 */
export const withoutPassword = async <Result>(address: StoreAddress, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    const secrets = address.kind === 'postgres' ? passwordsIn(address.url) : []
    const message = error instanceof Error ? error.message : String(error)
    if (!secrets.some((secret) => message.includes(secret))) throw error
    const cleaned = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), withoutCredentials(message))
    // Without its cause, which says the same words.
    throw new CliError(cleaned)
  }
}

/** The password as it is written in a URL, and as it is meant. */
const passwordsIn = (url: string): readonly string[] => {
  if (!URL.canParse(url)) return [url]
  const { password, searchParams } = new URL(url)
  const written = [password, searchParams.get('password') ?? '']
  return [...new Set([...written, ...written.map(decoded)])].filter((secret) => secret !== '')
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
