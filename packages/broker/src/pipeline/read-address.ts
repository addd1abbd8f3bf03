import { createVendoError, mentionsVendoKey } from '@vendo/contract'
import type { Provider } from '@vendo/integrations/providers'
import type { Address } from './records.ts'

/** Where {@link readAddress} looks providers up. */
export interface AddressBook {
  readonly provider: (slug: string) => Provider | undefined
  /** `<slug>-proxy.<domain>` also names the slug, when the operator set a domain. */
  readonly proxyDomain: string | undefined
}

/**
 * Reads where a request goes, from the raw request target and, if the operator set a proxy domain, the host.
 * The target is never decoded and never resolved: whatever would need that is refused.
 *
 * @throws {VendoError} `path_rejected` for anything but a plain path; `provider_unknown` for a slug without a provider.
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
  if (path.startsWith('/') && !rejected.test(path) && !segments.includes('..') && !segments.includes('.')) return
  throw createVendoError(
    'The path is not a plain one: it has dot segments, empty or encoded segments, or a host in it.',
    {
      code: 'path_rejected',
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

const readQuery = (query: string): { query: string; queryKey: string | null } => {
  if (query === '') return { query: '', queryKey: null }
  let queryKey: string | null = null
  const kept = query.split('&').filter((pair) => {
    const [name, value = ''] = pair.split('=', 2).map(decode)
    if (name === 'key') queryKey ??= value
    return name !== 'key' && !mentionsVendoKey(value)
  })
  return { query: kept.length === 0 ? '' : `?${kept.join('&')}`, queryKey }
}

/** Only for looking at a part of the query; what is forwarded stays as it came. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
