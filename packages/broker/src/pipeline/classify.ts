import { createVendoError } from '@vendo/contract'
import type { Provider, Route } from '@vendo/integrations/providers'

/**
 * The provider's route for a method and canonical path. What the table does not list is never forwarded; a free GET route
 * takes HEAD as well.
 *
 * @throws {VendoError} `route_blocked`
 */
export const classify = (provider: Provider, method: string, path: string): Route => {
  const route =
    method === 'HEAD'
      ? headRoute(provider, path)
      : (plainRoutesOf(provider).get(`${method} ${path}`) ?? findRoute(provider, method, path))
  if (route !== undefined) return route
  throw createVendoError(`Vendo does not forward ${method} ${path} to ${provider.slug}.`, {
    code: 'route_blocked',
    slug: provider.slug,
  })
}

const names = new WeakMap<Route, string>()

/** Method and path as the provider's table writes them: what ledger, log and metrics call a route. */
export const routeName = (route: Route): string => {
  const known = names.get(route)
  if (known !== undefined) return known
  const name = `${route.method} ${route.path}`
  names.set(route, name)
  return name
}

const findRoute = ({ routes }: Provider, method: string, path: string): Route | undefined => {
  const segments = path.split('/')
  return routes.find((entry) => entry.method === method && matches(entry.path.split('/'), segments))
}

const plainRoutes = new WeakMap<Provider, ReadonlyMap<string, Route>>()

/** Routes without a variable segment, by method and path; almost every call goes to one of them. */
const plainRoutesOf = (provider: Provider): ReadonlyMap<string, Route> => {
  const known = plainRoutes.get(provider)
  if (known !== undefined) return known
  const plain = provider.routes.filter(
    (route) => !route.path.includes('/:') && findRoute(provider, route.method, route.path) === route,
  )
  const found = new Map(plain.map((route) => [`${route.method} ${route.path}`, route]))
  plainRoutes.set(provider, found)
  return found
}

/** Its answer has no body: no usage to read, and nothing to keep. */
const headRoute = (provider: Provider, path: string): Route | undefined => {
  const route = findRoute(provider, 'GET', path)
  if (route?.class !== 'free') return undefined
  const { wireFormat: _wireFormat, cacheSeconds: _cacheSeconds, ...rest } = route
  return { ...rest, method: 'HEAD' }
}

const matches = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length && pattern.every((part, index) => matchesSegment(part, segments[index] ?? ''))

/** `:name` is any segment, `:name:method` one that ends so, as in Google's custom methods; anything else is itself. */
const matchesSegment = (part: string, segment: string): boolean => {
  if (!part.startsWith(':')) return part === segment
  const method = part.indexOf(':', 1)
  const suffix = method < 0 ? '' : part.slice(method)
  return segment.length > suffix.length && segment.endsWith(suffix)
}
