import { isRawObject, type RawObject } from './answer-state.ts'

/** A count that a provider reported: a whole number of at least 0. Anything else is unknown. */
export const tokenCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** The count at a path of keys. */
export const tokenCountAt = (usage: RawObject, ...path: readonly string[]): number | undefined => {
  let value: unknown = usage
  for (const key of path) value = isRawObject(value) ? value[key] : undefined
  return tokenCount(value)
}

/**
 * A finding for every number that a usage object holds under a key nobody told this version about. Such a number may be
 * billed by the provider, so it must be seen; a zero costs nothing and is passed over. Lists have readers of their own.
 */
export const unknownUsageKeys = (usage: RawObject, known: ReadonlySet<string>, prefix = ''): readonly string[] =>
  Object.entries(usage).flatMap(([key, value]) => {
    const path = prefix + key
    if (known.has(path)) return []
    if (isRawObject(value)) return unknownUsageKeys(value, known, `${path}.`)
    return typeof value === 'number' && value !== 0 ? [`unknown_usage_key:${path}`] : []
  })

/** A finding for every known count that is not a whole number of at least 0, and therefore was left out. */
export const badUsageValues = (usage: RawObject, counts: ReadonlySet<string>, prefix = ''): readonly string[] =>
  Object.entries(usage).flatMap(([key, value]) => {
    const path = prefix + key
    if (isRawObject(value)) return badUsageValues(value, counts, `${path}.`)
    return counts.has(path) && value !== null && tokenCount(value) === undefined ? [`bad_usage_value:${path}`] : []
  })
