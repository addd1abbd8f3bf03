import type { Quantities, Served, Usage } from '@vendo/contract'
import type { Mutable } from '../mutable.ts'
import { addKnown, type Interpretation } from '../reader/answer-format.ts'
import type { AnswerState, RawObject } from '../reader/answer-state.ts'
import { divideTokens, nonZero } from '../reader/divide-tokens.ts'
import {
  checkUsage,
  defineUsageKeys,
  detailsIn,
  partsMissing,
  tokenCount,
  totalMismatch,
  type UsageShape,
  untoldSides,
} from '../reader/token-count.ts'

const inputDetails: UsageShape = {
  cached_tokens: 'count',
  cache_write_tokens: 'count',
  audio_tokens: 'count',
  image_tokens: 'count',
  text_tokens: 'count',
  video_tokens: 'count',
  cached_tokens_details: { audio_tokens: 'count', text_tokens: 'count', image_tokens: 'count' },
}
const outputDetails: UsageShape = {
  reasoning_tokens: 'count',
  audio_tokens: 'count',
  image_tokens: 'count',
  text_tokens: 'count',
  accepted_prediction_tokens: 'count',
  rejected_prediction_tokens: 'count',
}

/** OpenRouter adds what it charged, and how many tool calls it ran itself. */
const usageKeys = defineUsageKeys({
  prompt_tokens: 'count',
  completion_tokens: 'count',
  input_tokens: 'count',
  output_tokens: 'count',
  total_tokens: 'count',
  prompt_tokens_details: inputDetails,
  input_tokens_details: inputDetails,
  completion_tokens_details: outputDetails,
  output_tokens_details: outputDetails,
  server_tool_use: { web_search_requests: 'count' },
  server_tool_use_details: {
    web_search_requests: 'count',
    tool_calls_requested: 'known',
    tool_calls_executed: 'known',
  },
  cost: 'known',
  cost_details: 'known',
})

/**
 * What the usage object of OpenAI's APIs means, under either of its two sets of names. The input count includes what was
 * read from and written to the cache, audio and images; the output count includes reasoning, audio and images. Cache
 * writes have one lifetime here and count as `cache_write_5m`.
 */
export const readOpenAiUsage = (state: AnswerState): Interpretation => {
  const { usage: raw } = state
  const served = servedOf(state)
  if (raw === undefined) return { served, flags: [] }
  const input = readInput(raw)
  const output = readOutput(raw)
  const quantities: Mutable<Quantities> = { ...input.quantities, ...output.quantities }
  addToolUses(quantities, state, raw)
  const usage: Mutable<Usage> = { quantities }
  const reasoning = either(
    detailsIn(raw['completion_tokens_details'])['reasoning_tokens'],
    detailsIn(raw['output_tokens_details'])['reasoning_tokens'],
  )
  if (reasoning !== undefined) usage.reasoning = reasoning
  if (state.costUsd !== undefined) usage.reportedCostUsd = state.costUsd
  const { unknown, bad } = checkUsage(raw, usageKeys)
  const { input: totalIn, output: totalOut } = totalsOf(raw)
  const neither = partsMissing(raw['total_tokens'], [totalIn, totalOut])
  const flags = [
    ...(input.exceeds || output.exceeds ? ['details_exceed_total'] : none),
    ...(neither ? [totalMismatch] : none),
    ...unknown,
    ...bad,
  ]
  const untold = untoldSides({ input: totalIn, output: totalOut, bad, outputKeys, neither })
  return untold.length === 0 ? { served, usage, flags } : { served, usage, untold, flags }
}

/** The same, for an answer that has no output: only its input can be untold. */
export const readOpenAiInputUsage = (state: AnswerState): Interpretation => {
  const { untold, ...told } = readOpenAiUsage(state)
  return untold?.includes('input') ? { ...told, untold: ['input'] } : told
}

const none: readonly never[] = []

const outputKeys = /^(completion|output)_tokens/

const totalsOf = (raw: RawObject) => ({
  input: either(raw['prompt_tokens'], raw['input_tokens']),
  output: either(raw['completion_tokens'], raw['output_tokens']),
})

const servedOf = ({ model, serviceTier }: AnswerState): Served => {
  const served: Mutable<Served> = {}
  if (model !== undefined) served.model = model
  if (serviceTier !== undefined) served.serviceTier = serviceTier
  return served
}

interface Side {
  readonly quantities: Quantities
  /** The parts add up to more than the whole. */
  readonly exceeds: boolean
}

const readInput = (raw: RawObject): Side => {
  const total = totalsOf(raw).input
  if (total === undefined) return { quantities: {}, exceeds: false }
  const chat = detailsIn(raw['prompt_tokens_details'])
  const responses = detailsIn(raw['input_tokens_details'])
  const cached = either(chat['cached_tokens'], responses['cached_tokens'])
  const audio = either(chat['audio_tokens'], responses['audio_tokens'])
  const cachedDetails = either(
    detailsIn(chat['cached_tokens_details'])['audio_tokens'],
    detailsIn(responses['cached_tokens_details'])['audio_tokens'],
  )
  const cachedAudio = Math.min(cachedDetails ?? 0, cached ?? 0, audio ?? 0)
  const { parts, rest, exceeds } = divideTokens(total, {
    cache_read: minus(cached, cachedAudio),
    cache_read_audio: nonZero(cachedAudio),
    cache_write_5m: either(chat['cache_write_tokens'], responses['cache_write_tokens']),
    input_audio: audio === 0 ? undefined : minus(audio, cachedAudio),
    input_image: nonZero(either(chat['image_tokens'], responses['image_tokens'])),
  })
  return { quantities: { input: rest, ...parts }, exceeds }
}

const readOutput = (raw: RawObject): Side => {
  const total = totalsOf(raw).output
  if (total === undefined) return { quantities: {}, exceeds: false }
  const chat = detailsIn(raw['completion_tokens_details'])
  const responses = detailsIn(raw['output_tokens_details'])
  const { parts, rest, exceeds } = divideTokens(total, {
    output_audio: nonZero(either(chat['audio_tokens'], responses['audio_tokens'])),
    output_image: nonZero(either(chat['image_tokens'], responses['image_tokens'])),
  })
  return { quantities: { output: rest, ...parts }, exceeds }
}

/** The count under the chat API's name, else under that of the Responses API. */
const either = (chat: unknown, responses: unknown): number | undefined => tokenCount(chat) ?? tokenCount(responses)

const minus = (count: number | undefined, part: number): number | undefined =>
  count === undefined ? undefined : count - part

/** A count in the usage object is authoritative; otherwise the uses that the output shows are counted. */
const addToolUses = (quantities: Mutable<Quantities>, { toolUses }: AnswerState, raw: RawObject): void => {
  for (const meter of toolUses.values()) quantities[meter] = (quantities[meter] ?? 0) + 1
  const searches = either(
    detailsIn(raw['server_tool_use_details'])['web_search_requests'],
    detailsIn(raw['server_tool_use'])['web_search_requests'],
  )
  addKnown(quantities, 'web_search', searches)
}
