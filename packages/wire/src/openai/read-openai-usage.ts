import type { Meter, Quantities } from '@vendo/contract'
import { type Interpretation, knownQuantities } from '../reader/answer-format.ts'
import type { AnswerState, RawObject } from '../reader/answer-state.ts'
import { divideTokens, nonZero } from '../reader/divide-tokens.ts'
import { badUsageValues, tokenCountAt, unknownUsageKeys } from '../reader/token-count.ts'

const inputDetails = [
  'cached_tokens',
  'cache_write_tokens',
  'audio_tokens',
  'image_tokens',
  'text_tokens',
  'video_tokens',
  'cached_tokens_details.audio_tokens',
  'cached_tokens_details.text_tokens',
  'cached_tokens_details.image_tokens',
]
const outputDetails = [
  'reasoning_tokens',
  'audio_tokens',
  'image_tokens',
  'text_tokens',
  'accepted_prediction_tokens',
  'rejected_prediction_tokens',
]
const countedKeys = new Set([
  ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'total_tokens'],
  ...['prompt_tokens_details', 'input_tokens_details'].flatMap((name) => inputDetails.map((key) => `${name}.${key}`)),
  ...['completion_tokens_details', 'output_tokens_details'].flatMap((name) =>
    outputDetails.map((key) => `${name}.${key}`),
  ),
  'server_tool_use_details.web_search_requests',
  'server_tool_use.web_search_requests',
])

/** OpenRouter's additions: what it charged, and how many tool calls it ran itself. */
const knownKeys = new Set([
  ...countedKeys,
  'cost',
  'cost_details',
  'server_tool_use_details.tool_calls_requested',
  'server_tool_use_details.tool_calls_executed',
])

/**
 * What the usage object of OpenAI's APIs means, under either of its two sets of names. The input count includes what was
 * read from and written to the cache, audio and images; the output count includes reasoning, audio and images. Cache
 * writes have one lifetime here and count as `cache_write_5m`.
 */
export const readOpenAiUsage = (state: AnswerState): Interpretation => {
  const { usage: raw, model, serviceTier } = state
  const served = {
    ...(model === undefined ? {} : { model }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
  if (raw === undefined) return { served, flags: [] }
  const input = readInput(raw)
  const output = readOutput(raw)
  const reasoning = either(raw, ['completion_tokens_details', 'output_tokens_details'], 'reasoning_tokens')
  return {
    served,
    usage: {
      quantities: { ...input.quantities, ...output.quantities, ...readToolUses(state, raw) },
      ...(reasoning === undefined ? {} : { reasoning }),
      ...(state.costUsd === undefined ? {} : { reportedCostUsd: state.costUsd }),
    },
    flags: [
      ...(input.exceeds || output.exceeds ? ['details_exceed_total'] : []),
      ...unknownUsageKeys(raw, knownKeys),
      ...badUsageValues(raw, countedKeys),
    ],
  }
}

interface Side {
  readonly quantities: Quantities
  /** The parts add up to more than the whole. */
  readonly exceeds: boolean
}

const readInput = (raw: RawObject): Side => {
  const total = tokenCountAt(raw, 'prompt_tokens') ?? tokenCountAt(raw, 'input_tokens')
  if (total === undefined) return { quantities: {}, exceeds: false }
  const detail = (...path: readonly string[]) => either(raw, ['prompt_tokens_details', 'input_tokens_details'], ...path)
  const cached = detail('cached_tokens')
  const audio = detail('audio_tokens')
  const cachedAudio = Math.min(detail('cached_tokens_details', 'audio_tokens') ?? 0, cached ?? 0, audio ?? 0)
  const { parts, rest, exceeds } = divideTokens(total, {
    cache_read: minus(cached, cachedAudio),
    cache_read_audio: cachedAudio === 0 ? undefined : cachedAudio,
    cache_write_5m: detail('cache_write_tokens'),
    input_audio: audio === 0 ? undefined : minus(audio, cachedAudio),
    input_image: nonZero(detail('image_tokens')),
  })
  return { quantities: { input: rest, ...parts }, exceeds }
}

const readOutput = (raw: RawObject): Side => {
  const total = tokenCountAt(raw, 'completion_tokens') ?? tokenCountAt(raw, 'output_tokens')
  if (total === undefined) return { quantities: {}, exceeds: false }
  const detail = (key: string) => either(raw, ['completion_tokens_details', 'output_tokens_details'], key)
  const { parts, rest, exceeds } = divideTokens(total, {
    output_audio: nonZero(detail('audio_tokens')),
    output_image: nonZero(detail('image_tokens')),
  })
  return { quantities: { output: rest, ...parts }, exceeds }
}

const either = (raw: RawObject, names: readonly string[], ...path: readonly string[]): number | undefined => {
  for (const name of names) {
    const count = tokenCountAt(raw, name, ...path)
    if (count !== undefined) return count
  }
  return undefined
}

const minus = (count: number | undefined, part: number): number | undefined =>
  count === undefined ? undefined : count - part

/** A count in the usage object is authoritative; otherwise the uses that the output shows are counted. */
const readToolUses = (state: AnswerState, raw: RawObject): Quantities => {
  const counts = new Map<Meter, number>()
  for (const meter of state.toolUses.values()) counts.set(meter, (counts.get(meter) ?? 0) + 1)
  const searches = either(raw, ['server_tool_use_details', 'server_tool_use'], 'web_search_requests')
  return { ...Object.fromEntries(counts), ...knownQuantities({ web_search: searches ?? counts.get('web_search') }) }
}
