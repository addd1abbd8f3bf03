import type { IncomingMessage, ServerResponse } from 'node:http'
import { createVendoError, type VendoError } from '@vendo/contract'
import { parseAllowedOrigins } from './allowed-origins.ts'

/** Which pages may read what; an empty list, as by default, lets none. */
export interface CrossOriginInput {
  /** May call the proxy. */
  readonly proxy: readonly string[]
  /** May ask `/credentials` for what is proxied. */
  readonly credentials: readonly string[]
  /** Whether the broker proxies an integration. */
  readonly isProxied: (slug: string) => boolean
}

/** What a request asks for: pages never reach management routes, whatever is allowed. */
export type Zone = 'proxy' | 'credentials' | 'management'

/**
 * Says in an answer's head what a page may read of it, or answers the browser's own question (a preflight). True when the
 * request is answered.
 *
 * @throws {VendoError} `browser_refused`
 */
export type AnswerCrossOrigin = (message: IncomingMessage, answer: ServerResponse, zone: Zone) => boolean

/** How long a browser keeps the answer to a preflight; Chromium's own most is two hours. */
const maxAgeSeconds = '600'
const methods = { proxy: 'GET, HEAD, POST, PUT, PATCH, DELETE', credentials: 'GET, HEAD' } as const
const maxRequestedHeaders = 4_096
const requestedHeaders = /^[!#$%&'*+\-.^_`|~0-9A-Za-z, ]*$/

/**
 * Cross-origin access for pages, of no effect where no origin is allowed. There is no credentials mode: a key in a header is
 * the only way in, so no page can use what a browser keeps.
 *
 * @throws {VendoError} `validation_failed` for an origin that is none.
 */
export const createCrossOrigin = (input: CrossOriginInput): AnswerCrossOrigin => {
  const allowed = { proxy: parseAllowedOrigins(input.proxy), credentials: parseAllowedOrigins(input.credentials) }
  return (message, answer, zone) => {
    const { origin } = message.headers
    const isPreflight = message.method === 'OPTIONS' && message.headers['access-control-request-method'] !== undefined
    if (zone === 'management') {
      if (isPreflight) throw refusedPreflight(origin, zone)
      return false
    }
    const isAllowed = origin !== undefined && allowed[zone].has(origin)
    if (isPreflight && !isAllowed) throw refusedPreflight(origin, zone)
    if (allowed[zone].size === 0) return false
    if (!isAllowed) {
      addToHead(answer, () => ['vary', 'Origin'])
      return false
    }
    if (isPreflight) {
      answerPreflight(message, answer, { origin, zone })
      return true
    }
    // Also for a refusal: a page that cannot read it cannot say what went wrong.
    addToHead(answer, (names) => [
      ...['access-control-allow-origin', origin, 'vary', 'Origin'],
      ...['access-control-expose-headers', names.join(', ')],
    ])
    if (zone === 'credentials') assertProxied(message, input.isProxied)
    return false
  }
}

const refusedPreflight = (origin: string | undefined, zone: Zone): VendoError => {
  const page = origin === undefined ? 'a page without an origin' : `pages of ${origin.slice(0, 100)}`
  if (zone === 'management') {
    return createVendoError('No page may call this address.', { code: 'browser_refused' })
  }
  return createVendoError(`This broker does not let in ${page}.`, {
    code: 'browser_refused',
    suggestedFix: `The operator allows an origin with --${zone === 'proxy' ? 'allowed' : 'credentials'}-origin.`,
  })
}

const answerPreflight = (
  { headers }: IncomingMessage,
  answer: ServerResponse,
  { origin, zone }: { readonly origin: string; readonly zone: Exclude<Zone, 'management'> },
): void => {
  const asked = headers['access-control-request-headers'] ?? ''
  const sound = asked.length <= maxRequestedHeaders && requestedHeaders.test(asked)
  answer.writeHead(204, [
    ...['access-control-allow-origin', origin],
    ...['access-control-allow-methods', methods[zone]],
    ...(sound && asked !== '' ? ['access-control-allow-headers', asked] : []),
    ...['access-control-max-age', maxAgeSeconds],
    // A page on the web that calls a broker on this machine is asked about apart.
    ...(headers['access-control-request-private-network'] === 'true'
      ? ['access-control-allow-private-network', 'true']
      : []),
    ...['vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'],
  ])
  answer.end()
}

/** A page gets the key that it has anyway, and where it works; a usable token of a tenant's own never. */
const assertProxied = ({ url = '' }: IncomingMessage, isProxied: (slug: string) => boolean): void => {
  const slugs = slugsOf(url)
  const bare = slugs.find((slug) => !isProxied(slug))
  if (bare === undefined && slugs.length > 0) return
  throw createVendoError('A page may ask only for credentials of integrations that the broker proxies.', {
    code: 'browser_refused',
    suggestedFix: 'Ask for this one from a server.',
  })
}

const slugsOf = (target: string): readonly string[] => {
  const { pathname, searchParams } = new URL(target, 'http://broker.invalid')
  const named = decodeSafely(pathname.replace(/^\/credentials\/?/, ''))
  const slugs = named === '_bulk' ? searchParams.getAll('slugs').flatMap((value) => value.split(',')) : [named]
  return slugs.map((slug) => slug.trim())
}

const decodeSafely = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type Head = Parameters<ServerResponse['writeHead']>

/** Adds headers when the head is written: whoever writes it need not know of pages. */
const addToHead = (answer: ServerResponse, more: (names: readonly string[]) => readonly string[]): void => {
  const writeHead = answer.writeHead.bind(answer) as (...head: Head) => ServerResponse
  answer.writeHead = ((status: number, ...rest: readonly unknown[]) => {
    const headers = flatHeaders(rest.at(-1))
    for (const [name, value] of Object.entries(answer.getHeaders())) {
      headers.push(name, String(value))
      answer.removeHeader(name)
    }
    const names = new Set(headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
    const added = more([...names].filter((name) => !hopHeaders.has(name)))
    return writeHead(status, [...headers, ...added] as unknown as Head[1])
  }) as ServerResponse['writeHead']
}

const hopHeaders = new Set(['connection', 'keep-alive', 'date', 'vary'])

/** Any of the forms that Node takes, as a name, value list. */
const flatHeaders = (headers: unknown): string[] => {
  if (typeof headers !== 'object' || headers === null) return []
  if (Array.isArray(headers)) return headers.flat().map(String)
  return Object.entries(headers as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    value === undefined ? [] : (Array.isArray(value) ? value : [value]).flatMap((one) => [name, String(one)]),
  )
}
