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
  /** The model declined to answer before any output, which is not billed. */
  readonly unbilled?: boolean
  /** The only count of output is that of a stream's start, which says nothing of the output to come. */
  readonly outputOfStart?: boolean
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
 * field by field; a field that is absent or `null` does not erase an earlier one, a zero does not take back a count (see
 * {@link absorbUsage}), and nothing is ever summed, so that a repeated event changes nothing.
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
  absorbUsage(read, usage)
  if (usage['cost'] !== undefined) absorbCost(read, members.object('usage'))
  return read
}

/**
 * The cost that OpenRouter reports. Where it used a key of the operator's own (`is_byok`), the `cost` is its fee alone and the
 * provider's bill comes on top; without that figure the cost is not known.
 */
const absorbCost = (read: Mutable<AnswerState>, usage: JsonMembers | undefined): void => {
  const costUsd = decimalAt(usage, 'cost')
  if (costUsd === undefined) {
    noteBadCost(read, usage, 'cost')
    return
  }
  const byok = usage?.get('is_byok') === true
  const details = byok ? usage.object('cost_details') : undefined
  const upstreamCostUsd = decimalAt(details, 'upstream_inference_cost')
  if (byok && upstreamCostUsd === undefined) noteBadCost(read, details, 'upstream_inference_cost')
  if (byok && upstreamCostUsd === undefined) return
  read.costUsd = costUsd
  if (upstreamCostUsd !== undefined) read.upstreamCostUsd = upstreamCostUsd
}

/** A `null` says as little as what is absent. */
const noteBadCost = (read: Mutable<AnswerState>, members: JsonMembers | undefined, key: string): void => {
  const literal = members?.literal(key)
  if (literal === undefined || literal === 'null') return
  const path = key === 'cost' ? key : `cost_details.${key}`
  read.flags = withFlag({ ...read }, `bad_usage_value:${path}`).flags
}

const decimalAt = (members: JsonMembers | undefined, key: string): string | undefined => {
  const literal = members?.literal(key)
  return literal === undefined ? undefined : plainDecimal(literal)
}

/**
 * Lays a usage object over the earlier ones of the same answer. Some servers report the input at the start of a stream and 0
 * at its end: such a zero takes nothing back, and is flagged as `usage_lowered:<field>`.
 */
export const absorbUsage = (read: Mutable<AnswerState>, later: RawObject): void => {
  const earlier = read.usage
  read.usage = overlay(earlier, later)
  if (earlier === undefined) return
  for (const side of sides) {
    const zeroed = side.counts.filter((key) => later[key] === 0 && countAt(earlier, key) > 0)
    // Tokens that moved to another count of the same side (from plain to cached input) are not lost.
    if (zeroed.length === 0 || sumOf(read.usage, side.counts) >= sumOf(earlier, side.counts)) continue
    const kept = [...zeroed, ...side.details].filter((key) => earlier[key] !== undefined)
    read.usage = { ...read.usage, ...Object.fromEntries(kept.map((key) => [key, earlier[key]])) }
    for (const key of zeroed) read.flags = withFlag({ ...read }, `usage_lowered:${key}`).flags
  }
}

interface UsageSide {
  /** Counts that do not include each other. */
  readonly counts: readonly string[]
  /** What divides them. */
  readonly details: readonly string[]
}

const sides: readonly UsageSide[] = [
  {
    counts: ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'],
    details: ['cache_creation', 'input_tokens_details', 'input_token_details'],
  },
  { counts: ['prompt_tokens'], details: ['prompt_tokens_details'] },
  {
    counts: ['promptTokenCount'],
    details: ['cachedContentTokenCount', 'promptTokensDetails', 'cacheTokensDetails'],
  },
  { counts: ['toolUsePromptTokenCount'], details: ['toolUsePromptTokensDetails'] },
  { counts: ['output_tokens'], details: ['output_tokens_details'] },
  { counts: ['completion_tokens'], details: ['completion_tokens_details'] },
  { counts: ['candidatesTokenCount'], details: ['candidatesTokensDetails'] },
  { counts: ['thoughtsTokenCount'], details: [] },
  { counts: ['seconds'], details: [] },
]

const countAt = (usage: RawObject, key: string): number => {
  const value = usage[key]
  return typeof value === 'number' && value > 0 ? value : 0
}

const sumOf = (usage: RawObject, keys: readonly string[]): number =>
  keys.reduce((sum, key) => sum + countAt(usage, key), 0)

/** Lays a later object over an earlier one, field by field. A `null` in it says as little as what is absent. */
const overlay = (earlier: RawObject | undefined, later: RawObject): RawObject => {
  if (earlier === undefined) return later
  const merged = new Map(Object.entries(earlier))
  for (const [key, value] of Object.entries(later)) {
    const before = merged.get(key)
    if (value === null) continue
    merged.set(key, isRawObject(before) && isRawObject(value) ? overlay(before, value) : value)
  }
  return Object.fromEntries(merged)
}
