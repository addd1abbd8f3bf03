import type { StoredReferenceKind } from '../../request-facts.ts'

/**
 * What a member that is not understood makes larger, as bits that add up. Whatever a provider may make of the member then fits
 * under the bound, or the request has none.
 */
export const cost = {
  none: 0,
  output: 1,
  choices: 2,
  tier: 4,
  speed: 8,
  region: 16,
  models: 32,
  tools: 64,
  input: 128,
  cache: 256,
  modalities: 512,
  background: 1024,
  reasoning: 2048,
  /** Nobody knows what it does. */
  any: 4095,
} as const

/** What one member may hold. Several kinds may be allowed at once; `null` stands for an absent member in every format. */
export interface Rule {
  /** Bits of {@link cost}. */
  readonly cost: number
  /** The provider reads nothing here that changes the price, or it is data of the client's. */
  readonly opaque?: true
  readonly text?: true | ReadonlySet<string>
  readonly number?: true
  /** A whole number of at least 0. */
  readonly count?: true
  readonly flag?: true
  readonly list?: Rule
  readonly object?: ObjectRule
  /** A value that stands here names an object that the provider keeps. */
  readonly reference?: StoredReferenceKind
}

/** What an object may hold. A map of members is filled after it was made, so that parts may hold parts. */
export interface ObjectRule {
  readonly members: ReadonlyMap<string, Rule>
  /** What a member costs that is not in the table. Absent: it is passed over, unless it is a known name in another case. */
  readonly unknown?: number
  /** The rule of every member, in an object whose names the client chooses. */
  readonly each?: Rule
  /** The values of `type` that are known here. */
  readonly types?: ReadonlySet<string>
  /** What an object of another type costs. */
  readonly unknownType?: number
  readonly typeMayBeAbsent?: true
  /** The rule for objects of a kind with members of its own. */
  readonly variant?: (object: Readonly<Record<string, unknown>>) => ObjectRule | undefined
  /** Finds a stored object that the whole of this object names. */
  readonly stored?: (object: Readonly<Record<string, unknown>>) => StoredReferenceKind | undefined
  /** Where a format has two spellings: the other one of each name that is written with `_`. */
  readonly otherNames?: ReadonlyMap<string, string>
}

/** A member of which nothing is asked. */
export const opaque: Rule = { cost: cost.none, opaque: true }

/** A rule for text. */
export const text = (bits: number, more: Partial<Rule> = {}): Rule => ({ cost: bits, text: true, ...more })

/** A rule for one of these words. */
export const word = (bits: number, ...words: readonly string[]): Rule => ({ cost: bits, text: new Set(words) })

/** A rule for a whole number of at least 0. */
export const count = (bits: number): Rule => ({ cost: bits, count: true })

/** A rule for true or false. */
export const flag = (bits: number): Rule => ({ cost: bits, flag: true })

/** A rule for a list of what another rule allows. */
export const listOf = (bits: number, list: Rule = opaque): Rule => ({ cost: bits, list })

/** An object with these members. */
export const members = (table: Readonly<Record<string, Rule>>, more: Partial<ObjectRule> = {}): ObjectRule => ({
  members: new Map(Object.entries(table)),
  ...more,
})

/** A rule for an object with these members. */
export const objectOf = (
  bits: number,
  table: Readonly<Record<string, Rule>> = {},
  more: Partial<ObjectRule> = {},
): Rule => ({ cost: bits, object: members(table, more) })

/** Names of members of which nothing is asked but their case. */
export const plain = (...names: readonly string[]): Readonly<Record<string, Rule>> =>
  Object.fromEntries(names.map((name) => [name, opaque]))
