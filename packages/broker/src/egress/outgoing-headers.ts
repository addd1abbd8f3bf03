import { mentionsVendoKey, type Secret } from '@vendo/contract'
import type { Provider } from '@vendo/integrations/providers'
import { rememberNames } from './remember-names.ts'

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers that are about the client's own hop or identity; the provider must not see them. */
const clientOnly = new Set([
  'host',
  'content-length',
  'expect',
  'cookie',
  'forwarded',
  'via',
  'x-real-ip',
  'origin',
  'referer',
  'x-goog-fieldmask', // would leave the usage out of Gemini's answer
  'x-http-method-override', // would make another call than the one that was classified
])

/** Every header in which a credential is known to travel. Exactly one is set again, last, by the provider's own rule. */
const credentialCarriers = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'xi-api-key', // ElevenLabs
  'proxy-authorization',
  'x-amz-security-token',
  'openai-organization', // names the client's own account, which is not the one that pays here
  'openai-project',
])

/** The client's own trace ids: a provider needs none of them, and could tell calls of one user apart by them. */
const traceHeaders = new Set(['traceparent', 'tracestate', 'baggage'])

const strippedPrefixes = ['x-vendo-', 'x-bf-', 'vendo-', 'x-forwarded-', 'cf-', 'sec-fetch-', 'proxy-']

/** What the headers of one forwarded request are made from. */
export interface OutgoingHeadersInput {
  /** Node's flat name, value list, as received. */
  readonly rawHeaders: readonly string[]
  readonly provider: Provider
  readonly secret: Secret
  /** Asks the provider for an uncompressed answer, for the one stream that the broker edits. */
  readonly identityEncoding: boolean
  /** Lets `traceparent`, `tracestate` and `baggage` through; default false. */
  readonly traceContext?: boolean
}

/**
 * The headers of the request to the provider: the client's own without credentials, cookies, hop-by-hop and Vendo headers,
 * then the provider's defaults that are missing, then exactly one credential, last.
 */
export const outgoingHeaders = (input: OutgoingHeadersInput): string[] => {
  const { rawHeaders, provider, secret, identityEncoding, traceContext = false } = input
  const listed = connectionListed(rawHeaders)
  const headers: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const { name, fate } = knownHeader(rawHeaders[index] as string)
    if (fate === 'stripped' || listed?.has(name) || (identityEncoding && name === 'accept-encoding')) continue
    if (fate === 'trace' && !traceContext) continue
    const value = rawHeaders[index + 1] as string
    // A Vendo key in a header that nobody would look for one in is still a key.
    if (mentionsVendoKey(value)) continue
    headers.push(name, value)
  }
  if (identityEncoding) headers.push('accept-encoding', 'identity')
  for (const name in provider.defaultHeaders) {
    const value = provider.defaultHeaders[name]
    if (value !== undefined && !isPresent(headers, name)) headers.push(name, value)
  }
  provider.credential(headers, secret)
  return headers
}

/** A header name in lower case, and what happens to it. */
interface KnownHeader {
  readonly name: string
  readonly fate: 'forwarded' | 'stripped' | 'trace'
}

const knownHeader = rememberNames((rawName): KnownHeader => {
  const name = rawName.toLowerCase()
  return { name, fate: isStripped(name) ? 'stripped' : traceHeaders.has(name) ? 'trace' : 'forwarded' }
})

const isPresent = (headers: readonly string[], name: string): boolean => {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return true
  return false
}

const isStripped = (name: string): boolean =>
  hopByHop.has(name) ||
  clientOnly.has(name) ||
  credentialCarriers.has(name) ||
  strippedPrefixes.some((prefix) => name.startsWith(prefix))

/** Headers that `Connection` names are hop-by-hop too; undefined where it names none. */
const connectionListed = (rawHeaders: readonly string[]): ReadonlySet<string> | undefined => {
  let names: Set<string> | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (knownHeader(rawHeaders[index] as string).name !== 'connection') continue
    const value = rawHeaders[index + 1] as string
    if (value === 'keep-alive' || value === 'close') continue
    names ??= new Set()
    for (const name of value.split(',')) names.add(name.trim().toLowerCase())
  }
  return names
}
