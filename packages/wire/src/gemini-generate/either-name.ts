import type { RawObject } from '../reader/answer-state.ts'

/** A member's name in the one spelling that this version compares: the API takes `googleSearch` and `google_search`. */
export const eitherName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The values of a member under both of its spellings; none for one that is absent or null. */
export const either = (object: RawObject, camelName: string): readonly unknown[] =>
  [camelName, eitherName(camelName)]
    .filter((name, index, names) => names.indexOf(name) === index && object[name] != null)
    .map((name) => object[name])

/** The entries of lists; where the API expects a list it also takes a single value. */
export const listOf = (values: readonly unknown[]): readonly unknown[] => values.flat()
