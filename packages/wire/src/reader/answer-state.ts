import type { Meter } from '@vendo/contract'
import type { JsonMembers } from '../bytes/json-members.ts'
import { plainDecimal } from '../bytes/plain-decimal.ts'

/** What the events of one answer said so far. Never changed in place, so that an unfinished event can be tried on a copy. */
export interface AnswerState {
  readonly model?: string
  readonly serviceTier?: string
  readonly responseId?: string
  /** The provider's own usage object: later reports laid over earlier ones, field by field. */
  readonly usage?: RawObject
  readonly costUsd?: string
  /** Uses of server tools that only the output shows, by their place in the output. */
  readonly toolUses: ReadonlyMap<string, Meter>
  /** Whether each candidate of a Gemini answer has its finish reason, by index. */
  readonly finished?: ReadonlyMap<number, boolean>
  readonly complete: boolean
  /** The usage is that of the whole answer, though its end may not have come yet. */
  readonly usageFinal?: boolean
  readonly pending: boolean
  readonly failed: boolean
  readonly flags: readonly string[]
}

/** A parsed JSON object of unknown content. */
export type RawObject = Readonly<Record<string, unknown>>

/** Nothing is known yet. */
export const emptyAnswer: AnswerState = {
  toolUses: new Map(),
  complete: false,
  pending: false,
  failed: false,
  flags: [],
}

/** Whether a parsed value is a JSON object. */
export const isRawObject = (value: unknown): value is RawObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Adds a finding once. */
export const withFlag = (state: AnswerState, flag: string): AnswerState =>
  state.flags.includes(flag) ? state : { ...state, flags: [...state.flags, flag] }

/**
 * Takes over what every format names alike: `id`, `model`, `service_tier`, `usage` and its `cost`. The last report wins,
 * field by field; a field that is absent or `null` does not erase an earlier one, and nothing is ever summed, so that a
 * repeated event changes nothing.
 */
export const absorbMembers = (state: AnswerState, members: JsonMembers): AnswerState => {
  const responseId = members.text('id')
  const model = members.text('model')
  const serviceTier = members.text('service_tier')
  const usage = members.get('usage')
  const cost = isRawObject(usage) ? members.object('usage')?.literal('cost') : undefined
  const costUsd = cost === undefined ? undefined : plainDecimal(cost)
  return {
    ...state,
    ...(responseId === undefined ? {} : { responseId }),
    ...(model === undefined ? {} : { model }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(isRawObject(usage) ? { usage: mergeUsage(state.usage ?? {}, usage) } : {}),
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}

/** Lays a later usage object over an earlier one, field by field. */
export const mergeUsage = (earlier: RawObject, later: RawObject): RawObject => {
  const merged = new Map(Object.entries(earlier))
  for (const [key, value] of Object.entries(later)) {
    const before = merged.get(key)
    if (value === null) continue
    merged.set(key, isRawObject(before) && isRawObject(value) ? mergeUsage(before, value) : value)
  }
  return Object.fromEntries(merged)
}
