import { createVendoError } from '@vendo/contract'
import type { Provider } from '@vendo/integrations/providers'
import { carriesVendoKey } from './carries-vendo-key.ts'
import type { Address } from './records.ts'

/** Where {@link readAddress} looks providers up. */
export interface AddressBook {
  readonly provider: (slug: string) => Provider | undefined
  /** Of every provider, for advice. */
  readonly slugs: readonly string[]
  /** `<slug>-proxy.<domain>` also names the slug, when the operator set a domain. */
  readonly proxyDomain: string | undefined
}

/**
 * Reads where a request goes, from the raw request target and, if the operator set a proxy domain, the host.
 * The target is never decoded and never resolved: whatever would need that is refused.
 *
 * @throws {VendoError} `path_rejected` for anything but a plain path; `not_supported` for a path of the unified API; `provider_unknown` for a slug without a provider.
 */
export const readAddress = (target: string, host: string | undefined, book: AddressBook): Address => {
  const mark = target.indexOf('?')
  const rawPath = mark < 0 ? target : target.slice(0, mark)
  assertPlainPath(rawPath)
  const hostSlug = slugOfHost(host, book.proxyDomain)
  const [pathSlug, pathRest] = splitSlug(rawPath)
  const slug = hostSlug ?? pathSlug
  const provider = book.provider(slug)
  if (provider === undefined) {
    if (hostSlug === undefined) assertNotUnified(rawPath, book.slugs)
    throw createVendoError(`There is no proxied integration named ${JSON.stringify(slug.slice(0, 60))}.`, {
      code: 'provider_unknown',
    })
  }
  const { query, queryKey } = readQuery(mark < 0 ? '' : target.slice(mark + 1))
  return { provider, path: canonicalPath(provider, hostSlug === undefined ? pathRest : rawPath), query, queryKey }
}

// Encoded dots, slashes, backslashes and NULs could turn into another path behind us; `@` could turn a path into a host.
const rejected = /\/\/|\\|@|%2e|%2f|%5c|%00|[^\x21-\x7e]|#/i

const assertPlainPath = (path: string): void => {
  const segments = path.split('/')
  if (carriesVendoKey(path)) {
    throw createVendoError('The path has a Vendo key in it, which must not reach a provider.', {
      code: 'path_rejected',
      suggestedFix: 'Send the key as `Authorization: Bearer vendo_sk_…`.',
    })
  }
  if (path.startsWith('/') && !rejected.test(path) && !segments.includes('..') && !segments.includes('.')) return
  throw createVendoError(
    'The path is not a plain one: it has dot segments, empty or encoded segments, or a host in it.',
    {
      code: 'path_rejected',
    },
  )
}

const unifiedPath = /^\/(v1|v1beta|v1alpha)(\/|$)/
const bareOperation = /^\/(chat\/completions|completions|embeddings|messages|responses|models)(\/|$)/

/** A client whose base URL lacks the integration asks for the API that would choose one by the model. */
const assertNotUnified = (path: string, slugs: readonly string[]): void => {
  if (!unifiedPath.test(path) && !bareOperation.test(path)) return
  throw createVendoError(
    `${path.slice(0, 60)} names no integration: one API for all providers, which chooses by the model, is not built yet.`,
    {
      code: 'not_supported',
      suggestedFix: `Put the integration in front, as in /openai/v1/…: this broker has ${slugs.join(', ')}.`,
    },
  )
}

const splitSlug = (path: string): [string, string] => {
  const end = path.indexOf('/', 1)
  return end < 0 ? [path.slice(1), '/'] : [path.slice(1, end), path.slice(end)]
}

const slugOfHost = (host: string | undefined, domain: string | undefined): string | undefined => {
  if (host === undefined || domain === undefined) return undefined
  const suffix = `-proxy.${domain.toLowerCase()}`
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined
}

/** `ANTHROPIC_BASE_URL` has no single right value: one SDK appends `/v1/messages` to it, another `/messages`. */
const canonicalPath = (provider: Provider, path: string): string => {
  let rest = path
  const prefix = provider.pathPrefix
  if (prefix !== '' && (rest === prefix || rest.startsWith(`${prefix}/`))) rest = rest.slice(prefix.length)
  const versions: string[] = []
  for (let match = leadingVersion.exec(rest); match !== null; match = leadingVersion.exec(rest)) {
    versions.push(match[1] as string)
    rest = rest.slice((match[0] as string).length)
  }
  return `${prefix}/${versions.at(-1) ?? 'v1'}${rest}`
}

const leadingVersion = /^\/(v1beta|v1alpha|v1)(?=\/|$)/

/**
 * Takes out what could be a key; the rest of the query goes on as it came. Servers that also split at `;` would find a key
 * behind one, so every such piece is looked at.
 */
const readQuery = (query: string): { query: string; queryKey: string | null } => {
  if (query === '') return { query: '', queryKey: null }
  let queryKey: string | null = null
  const kept: string[] = []
  for (const pair of query.split('&')) {
    const name = nameOf(pair)
    if (name === 'key') queryKey ??= decode(pair.slice(pair.indexOf('=') + 1 || pair.length))
    const pieces = pair.split(';').filter((piece) => nameOf(piece).toLowerCase() !== 'key' && !carriesVendoKey(piece))
    if (pieces.length > 0) kept.push(pieces.join(';'))
  }
  return { query: kept.length === 0 ? '' : `?${kept.join('&')}`, queryKey }
}

const nameOf = (pair: string): string => {
  const mark = pair.indexOf('=')
  return decode(mark < 0 ? pair : pair.slice(0, mark)).trim()
}

/** Only for looking at a part of the query; what is forwarded stays as it came. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
