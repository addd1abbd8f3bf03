/** A route as the framework lists it: `:name` stands for one segment. */
interface ListedRoute {
  readonly method: string
  readonly path: string
}

/** The methods that exist at an address, sorted; empty when the address itself does not exist. */
export const allowedMethods = (routes: readonly ListedRoute[], path: string): readonly string[] => {
  const segments = path.split('/')
  const methods = new Set(
    routes.filter((route) => route.method !== 'ALL' && matches(route.path, segments)).map(({ method }) => method),
  )
  // The framework answers HEAD wherever there is a GET.
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}

const matches = (pattern: string, segments: readonly string[]): boolean => {
  const wanted = pattern.split('/')
  return (
    wanted.length === segments.length &&
    wanted.every((name, index) => (name.startsWith(':') ? segments[index] !== '' : name === segments[index]))
  )
}
