import { createVendoError, type VendoError } from '@vendo/contract'

/**
 * Puts a caller's address under a base URL. A path is relative to the base, with or without its leading slash, and the
 * segments that both have where they meet are taken once: `/v1/models` and `/models` under `…/v1` are the same. A whole
 * URL must have the base's origin.
 *
 * @throws `path_rejected` when the result has another origin, or a path leaves the base.
 */
export const joinUrl = (base: URL, address: string): URL => {
  if (/^[a-z][a-z\d+.-]*:/i.test(address)) return assertOrigin(base, address)
  if (/^[/\\]{2}/.test(address)) throw rejected('names another host', base)
  const [path = '', tail] = splitTail(address)
  const basePath = base.pathname.replace(/\/+$/, '')
  const url = new URL(`${base.origin}${basePath}${withoutOverlap(basePath, path)}${tail}`)
  if (url.origin !== base.origin) throw rejected('names another host', base)
  if (url.pathname !== basePath && !url.pathname.startsWith(`${basePath}/`)) throw rejected('leaves the base URL', base)
  return url
}

const assertOrigin = (base: URL, address: string): URL => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.origin !== base.origin) throw rejected('has another origin', base)
  return url
}

const splitTail = (address: string): readonly [path: string, tail: string] => {
  const end = address.search(/[?#]/)
  return end === -1 ? [address, ''] : [address.slice(0, end), address.slice(end)]
}

/** The path without the leading segments that the base already ends with. */
const withoutOverlap = (basePath: string, path: string): string => {
  if (path === '') return ''
  const base = basePath.split('/').filter((segment) => segment !== '')
  const segments = path.replace(/^\//, '').split('/')
  for (let count = Math.min(base.length, segments.length); count > 0; count--) {
    const shared = base.slice(-count).every((segment, index) => segment === segments[index])
    if (shared) return segments.length === count ? '' : `/${segments.slice(count).join('/')}`
  }
  return `/${segments.join('/')}`
}

/** Names the base alone: the rejected address may hold what should not be in a log. */
const rejected = (why: string, base: URL): VendoError =>
  createVendoError(`The address ${why}: this fetch sends its credential to ${base.origin} only.`, {
    code: 'path_rejected',
    suggestedFix: 'Give a path such as "/v1/models", relative to the base URL.',
  })
