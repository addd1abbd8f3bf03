import { createVendoError, type Secret } from '@vendo/contract'
import { errorBodySchema } from '@vendo/contract/api'
import { CliError } from '../terminal/cli-error.ts'
import { authorizationHeader } from './reveal-authorization.ts'

/** Checks an answer's body and gives it its type; throws when it has another shape. */
export type Parse<T> = (body: unknown) => T

/** One request. */
export interface ApiRequest<T> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Starts with a slash. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly parse: Parse<T>
}

/** Speaks to one broker with one key. */
export interface ApiClient {
  readonly url: string
  /**
   * @throws {VendoError} the broker's refusal, with its code; {@link CliError} when nobody, or something else, answers.
   */
  send<T>(request: ApiRequest<T>): Promise<T>
}

/** How to reach a broker. */
export interface ApiAccess {
  /** Without a trailing slash. */
  readonly url: string
  readonly key: Secret
}

const patienceMs = 30_000
const mostCharacters = 32_000_000

/** Creates a client of the broker's HTTP API. */
export const createApiClient = ({ url, key }: ApiAccess): ApiClient => ({
  url,
  async send({ method = 'GET', path, query = {}, body, headers = {}, parse }) {
    const address = new URL(url + path)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value)
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const { status, text } = await exchange(address, {
      method,
      headers: { accept: 'application/json', ...json, ...headers, ...authorizationHeader(key) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = readJson(text)
    if (status >= 200 && status < 300) return parseAnswer(parse, answer, url)
    throw refusalOf({ status, answer, url })
  },
})

const exchange = async (address: URL, init: RequestInit): Promise<{ status: number; text: string }> => {
  try {
    const response = await fetch(address, { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
    return { status: response.status, text: (await response.text()).slice(0, mostCharacters) }
  } catch (cause) {
    const late = cause instanceof Error && cause.name === 'TimeoutError'
    throw new CliError(
      late ? `The broker at ${address.origin} did not answer in time.` : `No broker answers at ${address.origin}.`,
      'Start one with `vendo dev`, or correct VENDO_BASE_URL.',
    )
  }
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: then it is no answer of a broker, which the caller says.
    return undefined
  }
}

const parseAnswer = <T>(parse: Parse<T>, answer: unknown, url: string): T => {
  try {
    return parse(answer)
  } catch {
    throw new CliError(`What answers at ${url} is no Vendo broker, or one of another version.`, 'Check VENDO_BASE_URL.')
  }
}

const refusalOf = ({ status, answer, url }: { status: number; answer: unknown; url: string }): Error => {
  const body = errorBodySchema.safeParse(answer)
  if (!body.success)
    return new CliError(`What answers at ${url} is no Vendo broker (${status}).`, 'Check VENDO_BASE_URL.')
  const { code, message, slug, retry_after, suggested_fix, request_id } = body.data.error
  return createVendoError(message, {
    code,
    status,
    slug,
    retryAfter: retry_after,
    suggestedFix: suggested_fix,
    requestId: request_id,
  })
}
