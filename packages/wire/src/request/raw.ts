import { isRawObject, type RawObject } from '../reader/answer-state.ts'

/** The objects of a list; of anything else, none. */
export const objectsOf = (value: unknown): readonly RawObject[] =>
  Array.isArray(value) ? value.filter(isRawObject) : none

const none: readonly never[] = []

/** A string that holds something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/**
 * A limit of output; anything else sets none. A limit of 0 is none either, for no provider but Anthropic says what it means:
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pre-warming-the-cache
 */
export const outputLimitOf = (value: unknown): number | undefined => limitOf(value) || undefined

/** A whole number of at least 0; anything else sets no limit. */
export const limitOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
