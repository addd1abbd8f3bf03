import { mentionsVendoKey, type Secret } from '@vendo/contract'
import type { Provider } from '@vendo/integrations/providers'
import { type HeaderFate, headerFate, isEndToEnd } from './header-fate.ts'
import { rememberNames } from './remember-names.ts'
import { tenantIdempotencyKey } from './tenant-idempotency-key.ts'

/** What the headers of one forwarded request are made from. */
export interface OutgoingHeadersInput {
  /** Node's flat name, value list, as received. */
  readonly rawHeaders: readonly string[]
  readonly provider: Provider
  readonly secret: Secret
  /** Asks the provider for an uncompressed answer, for the one stream that the broker edits. */
  readonly identityEncoding: boolean
  /** Lets the client's trace headers through; default false. */
  readonly traceContext?: boolean
  /** The tenant, where the credential is the operator's; absent = the tenant's own credential. */
  readonly pooledFor?: string | undefined
}

/**
 * The headers of the request to the provider: the client's own without credentials, cookies, hop-by-hop and Vendo headers,
 * then the provider's defaults that are missing, then exactly one credential, last.
 */
export const outgoingHeaders = (input: OutgoingHeadersInput): string[] => {
  const { rawHeaders, provider, secret, identityEncoding, traceContext = false, pooledFor } = input
  const listed = connectionListed(rawHeaders)
  const headers: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const { name, fate } = knownHeader(rawHeaders[index] as string)
    if (fate === 'stripped' || listed?.has(name) || (identityEncoding && name === 'accept-encoding')) continue
    if ((fate === 'trace' && !traceContext) || (fate === 'own_account' && pooledFor !== undefined)) continue
    const value = rawHeaders[index + 1] as string
    // A Vendo key in a header that nobody would look for one in is still a key.
    if (mentionsVendoKey(value)) continue
    const replaced = fate === 'idempotency' && pooledFor !== undefined
    headers.push(name, replaced ? tenantIdempotencyKey(value, pooledFor, secret) : value)
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
  readonly fate: HeaderFate
}

const knownHeader = rememberNames((rawName): KnownHeader => {
  const name = rawName.toLowerCase()
  return { name, fate: headerFate(name) }
})

const isPresent = (headers: readonly string[], name: string): boolean => {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return true
  return false
}

/** Headers that `Connection` names are hop-by-hop too, but for those that cannot be; undefined where it names none. */
const connectionListed = (rawHeaders: readonly string[]): ReadonlySet<string> | undefined => {
  let names: Set<string> | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (knownHeader(rawHeaders[index] as string).name !== 'connection') continue
    const value = rawHeaders[index + 1] as string
    if (value === 'keep-alive' || value === 'close') continue
    names ??= new Set()
    for (const listed of value.split(',')) {
      const name = listed.trim().toLowerCase()
      if (!isEndToEnd(name)) names.add(name)
    }
  }
  return names
}
