import type { UsageSide } from '../usage-reading.ts'
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

/** The finding of a count that is none: beyond what a number holds exactly it may be one, but nobody can work with it. */
export const badCount = (path: string, value: unknown): string =>
  typeof value === 'number' && value > Number.MAX_SAFE_INTEGER
    ? `usage_out_of_range:${path}`
    : `bad_usage_value:${path}`

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
      if (value !== null && tokenCount(value) === undefined) {
        place.found.bad.push(badCount(`${place.prefix}${key}`, value))
      }
    } else if (known !== 'known' && typeof value === 'number' && value !== 0) {
      place.found.unknown.push(`unknown_usage_key:${place.prefix}${key}`)
    }
  }
}

const nothingKnown: UsageKeys = new Map()

/** The finding that the parts are all 0 although their total is not: which part is missing, nobody knows. */
export const totalMismatch = 'total_mismatch'

/** Whether a total says that there was something, while all of its parts are 0 or absent. */
export const partsMissing = (total: unknown, parts: readonly unknown[]): boolean =>
  (tokenCount(total) ?? 0) > 0 && parts.every((part) => (tokenCount(part) ?? 0) === 0)

/** What decides {@link untoldSides}. */
export interface Told {
  /** The count of each side, where it is a whole number. */
  readonly input: number | undefined
  readonly output: number | undefined
  /** {@link UsageFindings.bad} */
  readonly bad: readonly string[]
  /** Begins the path of every count that belongs to the output. */
  readonly outputKeys: RegExp
  /** Neither side can be believed. */
  readonly neither?: boolean
}

/** The sides that an answer does not tell: a count is absent, or one of its details is no whole number. */
export const untoldSides = ({ input, output, bad, outputKeys, neither = false }: Told): readonly UsageSide[] => {
  const wrong = bad.map((finding) => finding.slice(finding.indexOf(':') + 1)).filter((path) => !isTotal.test(path))
  const badOutput = wrong.some((path) => outputKeys.test(path))
  const badInput = wrong.some((path) => !outputKeys.test(path))
  const untold: UsageSide[] = []
  if (neither || badInput || input === undefined) untold.push('input')
  if (neither || badOutput || output === undefined) untold.push('output')
  return untold.length === 0 ? allTold : untold
}

const isTotal = /^total(_tokens|TokenCount)$/
const allTold: readonly UsageSide[] = []
