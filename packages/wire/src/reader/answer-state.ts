import type { Meter } from '@vendo/contract'
import type { JsonMembers } from '../bytes/json-members.ts'
import { plainDecimal } from '../bytes/plain-decimal.ts'
import type { Mutable } from '../mutable.ts'

/** What the events of one answer said so far. Never changed in place, so that an unfinished event can be tried on a copy. */
export interface AnswerState {
  readonly model?: string
  readonly serviceTier?: string
  readonly responseId?: string
  /** The provider's own usage object: later reports laid over earlier ones, field by field. */
  readonly usage?: RawObject
  readonly costUsd?: string
  /** What a provider bills to a key of the operator's own, beside `costUsd`. */
  readonly upstreamCostUsd?: string
  /** Uses of server tools that only the output shows, by their place in the output. */
  readonly toolUses: ReadonlyMap<string, Meter>
  /** Uses of server tools of any kind, with a fee or without, by their place in the output. */
  readonly serverUses?: ReadonlySet<string>
  /** Whether each candidate of a Gemini answer has its finish reason, by index. */
  readonly finished?: ReadonlyMap<number, boolean>
  readonly complete: boolean
  /** The usage is that of the whole answer, though its end may not have come yet. */
  readonly usageFinal?: boolean
  /** The model declined to answer, or to go on. */
  readonly refused?: boolean
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
export const absorbMembers = (state: AnswerState, members: JsonMembers): Mutable<AnswerState> => {
  const read: Mutable<AnswerState> = { ...state }
  const responseId = members.text('id')
  if (responseId !== undefined) read.responseId = responseId
  const model = members.text('model')
  if (model !== undefined) read.model = model
  const serviceTier = members.text('service_tier')
  if (serviceTier !== undefined) read.serviceTier = serviceTier
  const usage = members.get('usage')
  if (!isRawObject(usage)) return read
  read.usage = mergeUsage(state.usage, usage)
  if (usage['cost'] !== undefined) absorbCost(read, members.object('usage'))
  return read
}

/**
 * The cost that OpenRouter reports. Where it used a key of the operator's own (`is_byok`), the `cost` is its fee alone and the
 * provider's bill comes on top; without that figure the cost is not known.
 */
const absorbCost = (read: Mutable<AnswerState>, usage: JsonMembers | undefined): void => {
  const costUsd = decimalAt(usage, 'cost')
  if (costUsd === undefined) return
  const byok = usage?.get('is_byok') === true
  const upstreamCostUsd = byok ? decimalAt(usage.object('cost_details'), 'upstream_inference_cost') : undefined
  if (byok && upstreamCostUsd === undefined) return
  read.costUsd = costUsd
  if (upstreamCostUsd !== undefined) read.upstreamCostUsd = upstreamCostUsd
}

const decimalAt = (members: JsonMembers | undefined, key: string): string | undefined => {
  const literal = members?.literal(key)
  return literal === undefined ? undefined : plainDecimal(literal)
}

/** Lays a later usage object over an earlier one, field by field. What is `null` in the first says as little as what is absent. */
export const mergeUsage = (earlier: RawObject | undefined, later: RawObject): RawObject => {
  if (earlier === undefined) return later
  const merged = new Map(Object.entries(earlier))
  for (const [key, value] of Object.entries(later)) {
    const before = merged.get(key)
    if (value === null) continue
    merged.set(key, isRawObject(before) && isRawObject(value) ? mergeUsage(before, value) : value)
  }
  return Object.fromEntries(merged)
}
