import { createVendoError } from '@vendo/contract'
import { createRows, type IntegrationRow } from './integration-row.ts'
import { readText } from './read-text.ts'
import { runtimeProcess } from './runtime.ts'
import type { ExplicitToken, VendoOptions } from './vendo-options.ts'

/** The `fetch` the SDK calls. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** A variable's trimmed text by name; empty ones are not in it. */
export type EnvSnapshot = ReadonlyMap<string, string>

/** A client's options and environment, read once, checked only when they are used. */
export interface Settings {
  readonly apiKey: string | undefined
  readonly baseURL: string | undefined
  readonly env: EnvSnapshot
  readonly dotenv: boolean | string
  readonly tokens: Readonly<Record<string, ExplicitToken | undefined>>
  readonly rows: ReadonlyMap<string, IntegrationRow>
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly maxRetries: number
}

/** The address and the key of the Vendo API. */
export interface ApiAccess {
  /** Without a trailing slash, query or fragment. */
  readonly baseURL: string
  readonly apiKey: string
}

const baseUrlVariables = ['VENDO_BASE_URL', 'VENDO_API_URL', 'VENDO_CREDENTIALS_URL']
const defaultTimeoutMs = 10_000
const defaultMaxRetries = 2
// setTimeout fires at once beyond a signed 32-bit number of milliseconds.
const longestTimeoutMs = 2 ** 31 - 1

/** Reads options and environment. Never throws: what is wrong with them is said by the first call that needs them. */
export const readSettings = (options: VendoOptions): Settings => {
  const env = readEnv(options.env)
  return {
    apiKey: readText(options.apiKey) ?? env.get('VENDO_API_KEY'),
    baseURL: readText(options.baseURL?.toString()) ?? firstSet(env, baseUrlVariables),
    env,
    dotenv: options.dotenv ?? true,
    tokens: options.tokens ?? {},
    rows: createRows(options.integrations ?? {}),
    fetch: readFetch(options.fetch),
    timeoutMs: readTimeout(options.timeoutMs),
    maxRetries: readCount(options.maxRetries),
  }
}

/**
 * Where the Vendo API is and with which key to call it.
 *
 * @throws `vendo_only_feature` without a key, `base_url_missing` without an address, `validation_failed` when one is malformed.
 */
export const readApiAccess = ({ apiKey, baseURL }: Settings): ApiAccess => {
  if (apiKey === undefined) {
    throw createVendoError('This needs the Vendo API, and the client has no Vendo key.', { code: 'vendo_only_feature' })
  }
  if (baseURL === undefined) {
    throw createVendoError('VENDO_API_KEY is set, but VENDO_BASE_URL is not: there is no default host.', {
      code: 'base_url_missing',
    })
  }
  assertHeaderText(apiKey, 'VENDO_API_KEY')
  const { origin, pathname } = parseBaseUrl(baseURL, 'VENDO_BASE_URL')
  return { apiKey, baseURL: origin + pathname.replace(/\/+$/, '') }
}

/**
 * Checks an address without ever quoting it, because it may hold a password.
 *
 * @param name the variable or option that holds it.
 * @throws `validation_failed`.
 */
export const parseBaseUrl = (text: string, name: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw createVendoError(`${name} is not an http or https URL without a user name.`, {
      code: 'validation_failed',
      suggestedFix: `Set ${name} to a whole address, such as http://127.0.0.1:8787.`,
    })
  }
  return url
}

/**
 * Refuses what a header cannot carry. The platform's own error would quote the value.
 *
 * @throws `validation_failed`.
 */
export const assertHeaderText = (text: string, name: string): void => {
  if (/^[\x21-\x7e]+$/.test(text)) return
  throw createVendoError(`${name} holds a space, a line break or another character that a header cannot carry.`, {
    code: 'validation_failed',
    suggestedFix: `Copy the value of ${name} again.`,
  })
}

/** The text of the first variable that is set. */
export const firstSet = (env: EnvSnapshot, names: readonly string[]): string | undefined => {
  const name = names.find((candidate) => env.has(candidate))
  return name === undefined ? undefined : env.get(name)
}

/** Keeps what has text, trimmed. */
export const snapshotOf = (variables: object): EnvSnapshot => {
  const snapshot = new Map<string, string>()
  for (const [name, value] of Object.entries(variables)) {
    const text = readText(value)
    if (text !== undefined) snapshot.set(name, text)
  }
  return snapshot
}

const readEnv = (given: object | undefined): EnvSnapshot => {
  try {
    return snapshotOf(given ?? runtimeProcess()?.env ?? {})
  } catch {
    // Deno refuses to list variables without a permission: then there are none.
    return new Map()
  }
}

const readFetch = (given: Fetch | undefined): Fetch =>
  // Called bare, and the global one looked up at each call: browsers refuse `fetch` with another `this`, tests replace it.
  typeof given === 'function'
    ? (input, init) => given(input, init)
    : (input, init) => globalThis.fetch(input as Request, init)

const readTimeout = (given: number | undefined): number =>
  typeof given === 'number' && given > 0 ? Math.min(given, longestTimeoutMs) : defaultTimeoutMs

const readCount = (given: number | undefined): number =>
  typeof given === 'number' && given >= 0 ? Math.min(Math.floor(given), 10) : defaultMaxRetries
