import type { Meter } from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import type { ToolBound } from './bound-tools.ts'

/** Tokens that may be counted under any one of these meters, or split between them. */
export interface InputPart {
  readonly meters: readonly Meter[]
  readonly tokens: bigint
}

/** The most that a request can make one model count, before any price. */
export interface Demand {
  /** How often the model can read the input and answer. */
  readonly passes: bigint
  /** One pass. */
  readonly input: readonly InputPart[]
  /** The most input of one pass, whatever the parts add up to; absent for models without a context window to overflow. */
  readonly inputLimit: bigint | undefined
  readonly outputMeters: readonly Meter[]
  /** One answer of one pass. */
  readonly output: bigint
  /** Answers per pass. */
  readonly choices: bigint
  /** How many answers of earlier models one pass reads beside the input: each is counted in `input`. */
  readonly earlierAnswers: bigint
}

/**
 * The largest demand that a request's facts allow: text by its bytes, images and documents by the provider's maxima, and the
 * whole context window as soon as something comes in whose size the request does not show.
 */
export const readDemand = (
  facts: RequestFacts,
  { contextWindow, maxOutput }: ModelRates,
  { constants, tools }: { readonly constants: BoundConstants; readonly tools: ToolBound },
): Demand => {
  const unseen = facts.remoteReferences > 0 || facts.serverTools.length > 0
  // A model that is asked after another declined goes on from what that one wrote.
  const earlierAnswers = facts.fallbacksAddUp ? countOf(facts.fallbackModels.length) : 0n
  const output = countOf(outputLimit(facts, maxOutput))
  return {
    passes: tools.uses + 1n,
    input: [
      ...shownInput(facts, constants),
      ...(earlierAnswers === 0n ? [] : [{ meters: textMeters(facts), tokens: output * earlierAnswers }]),
      ...(unseen ? [{ meters: anyInput(facts), tokens: countOf(contextWindow) }] : []),
    ],
    inputLimit: takesManyInputs(maxOutput) ? undefined : countOf(contextWindow),
    outputMeters: outputMeters(facts),
    output,
    choices: countOf(Math.max(facts.choices, 1)),
    earlierAnswers,
  }
}

/** The input of one pass, all meters together. */
export const inputOf = ({ input, inputLimit }: Demand): bigint => {
  const shown = input.reduce((total, { tokens }) => total + tokens, 0n)
  return inputLimit !== undefined && inputLimit < shown ? inputLimit : shown
}

/** A count from untrusted JSON; what is not finite becomes the largest count, so that it is refused and not forgotten. */
export const countOf = (value: number): bigint =>
  Number.isFinite(value) ? BigInt(Math.ceil(Math.max(value, 0))) : BigInt(Number.MAX_SAFE_INTEGER)

/** Embeddings take a list of inputs, each with a context window of its own, and answer with no tokens at all. */
export const takesManyInputs = (maxOutput: number): boolean => maxOutput === 0

/** The most tokens of one answer. What is no limit at all leaves the model's maximum. */
export const outputLimit = ({ maxOutputTokens: asked }: RequestFacts, maxOutput: number): number =>
  // A limit above the model's maximum is held as asked: a provider that refuses it gives the hold back at once, and one whose
  // maximum has grown since the table was checked must not overshoot it. Embeddings have no output to limit.
  asked === undefined || !(asked >= 0) || maxOutput === 0 ? maxOutput : asked

/** What the provider writes around the text of a request. */
export const promptTokens = ({ hasTools }: RequestFacts, { framingTokens, toolPromptTokens }: BoundConstants): number =>
  framingTokens + (hasTools ? toolPromptTokens : 0)

const shownInput = (facts: RequestFacts, constants: BoundConstants): readonly InputPart[] => {
  const text = textMeters(facts)
  const documents = facts.documents.reduce(
    (total, { bytes }) => total + countOf(bytes * constants.documentTokensPerByte),
    0n,
  )
  const prompts = countOf(promptTokens(facts, constants))
  const parts: readonly InputPart[] = [
    { meters: text, tokens: countOf(facts.textBytes) + documents + prompts },
    { meters: [...text, 'input_image'], tokens: countOf(facts.images) * countOf(constants.imageTokens) },
    { meters: [...text, ...audioMeters], tokens: countOf(facts.audioBytes * constants.audioTokensPerByte) },
  ]
  return parts.filter(({ tokens }) => tokens > 0n)
}

const audioMeters: readonly Meter[] = ['input_audio', 'cache_read_audio']

const anyInput = (facts: RequestFacts): readonly Meter[] => [...textMeters(facts), 'input_image', ...audioMeters]

/** What a token of text can be counted under. */
export const textMeters = ({ cacheWrite }: Pick<RequestFacts, 'cacheWrite'>): readonly Meter[] => [
  'input',
  'cache_read',
  ...writeMeters[cacheWrite],
]

/** Short writes can appear beside long ones; automatic caching may use any class that the model has a rate for. */
const writeMeters: Readonly<Record<RequestFacts['cacheWrite'], readonly Meter[]>> = {
  none: [],
  '5m': ['cache_write_5m'],
  '1h': ['cache_write_5m', 'cache_write_1h'],
  automatic: ['cache_write_5m', 'cache_write_1h'],
}

const outputMeters = ({ outputModalities }: RequestFacts): readonly Meter[] => [
  'output',
  ...(outputModalities.includes('audio') ? (['output_audio'] as const) : []),
  ...(outputModalities.includes('image') ? (['output_image'] as const) : []),
]
