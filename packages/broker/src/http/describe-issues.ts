import { createVendoError, type VendoError } from '@vendo/contract'

/** The part of a zod issue that a refusal shows: where, and what was expected. Never the value. */
interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const mostIssues = 3
const mostPathCharacters = 120
const places: Readonly<Record<string, string>> = {
  json: 'body',
  query: 'query parameter',
  param: 'address',
  header: 'header',
}

/** The `validation_failed` for input that does not fit its schema: names the first places and what was expected there. */
export const describeIssues = (target: string, issues: readonly Issue[]): VendoError => {
  const place = places[target] ?? target
  const shown = issues.slice(0, mostIssues).map(({ path, message }) => describe(place, path, message))
  const rest = issues.length > mostIssues ? ` (and ${issues.length - mostIssues} more)` : ''
  return createVendoError(`${shown.join('; ')}${rest}`, { code: 'validation_failed' })
}

const describe = (place: string, path: readonly PropertyKey[], message: string): string => {
  const name = path.map(String).join('.').slice(0, mostPathCharacters)
  return `${place}${name === '' ? '' : ` \`${name}\``}: ${message}`
}
