import { isRawObject, type RawObject } from './answer-state.ts'

/** A count that a provider reported: a whole number of at least 0. Anything else is unknown. */
export const tokenCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** The object that stands in a usage object's member; an empty one where there is none. */
export const detailsIn = (value: unknown): RawObject => (isRawObject(value) ? value : none)

const none: RawObject = {}

/** The members of a usage object that a version knows: counts, others that are no finding, and objects with members of their own. */
export type UsageKeys = ReadonlyMap<string, 'count' | 'known' | UsageKeys>

/** {@link UsageKeys} as they are written down. */
export interface UsageShape {
  readonly [key: string]: 'count' | 'known' | UsageShape
}

/** Prepares the keys for looking up. */
export const defineUsageKeys = (shape: UsageShape): UsageKeys =>
  new Map(
    Object.entries(shape).map(([key, inside]) => [key, typeof inside === 'string' ? inside : defineUsageKeys(inside)]),
  )

/** What {@link checkUsage} found, by the paths of the members. */
export interface UsageFindings {
  /**
   * Every number under a key nobody told this version about. Such a number may be billed by the provider, so it must be seen;
   * a zero costs nothing and is passed over. Lists have readers of their own.
   */
  readonly unknown: readonly string[]
  /** Every known count that is not a whole number of at least 0, and therefore was left out. */
  readonly bad: readonly string[]
}

/** Looks for numbers that this version would miss. */
export const checkUsage = (usage: RawObject, keys: UsageKeys): UsageFindings => {
  const found = { unknown: [], bad: [] }
  checkMembers(usage, keys, { prefix: '', found })
  return found
}

interface Place {
  readonly prefix: string
  readonly found: { readonly unknown: string[]; readonly bad: string[] }
}

/** Paths are put together only for what was found. */
const checkMembers = (members: RawObject, keys: UsageKeys, place: Place): void => {
  for (const key of Object.keys(members)) {
    const value = members[key]
    const known = keys.get(key)
    if (isRawObject(value)) {
      if (typeof known === 'string') continue
      checkMembers(value, known ?? nothingKnown, { prefix: `${place.prefix}${key}.`, found: place.found })
    } else if (known === 'count') {
      if (value !== null && tokenCount(value) === undefined)
        place.found.bad.push(`bad_usage_value:${place.prefix}${key}`)
    } else if (known !== 'known' && typeof value === 'number' && value !== 0) {
      place.found.unknown.push(`unknown_usage_key:${place.prefix}${key}`)
    }
  }
}

const nothingKnown: UsageKeys = new Map()
