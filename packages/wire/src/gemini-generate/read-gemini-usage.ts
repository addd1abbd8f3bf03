import type { Quantities } from '@vendo/contract'
import { type Interpretation, knownQuantities } from '../reader/answer-format.ts'
import { type AnswerState, isRawObject, type RawObject } from '../reader/answer-state.ts'
import { divideTokens, nonZero } from '../reader/divide-tokens.ts'
import { badUsageValues, tokenCount, tokenCountAt, unknownUsageKeys } from '../reader/token-count.ts'
import { tierName } from './tier-name.ts'

const countedKeys = new Set([
  'promptTokenCount',
  'cachedContentTokenCount',
  'toolUsePromptTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'totalTokenCount',
])

const detailLists = [
  'promptTokensDetails',
  'cacheTokensDetails',
  'toolUsePromptTokensDetails',
  'candidatesTokensDetails',
] as const

/** In the order of the API's enum, which a client may ask to have as numbers (from 1). */
const modalities: readonly unknown[] = ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']

/**
 * What Gemini's `usageMetadata` means: the prompt includes what was read from a cache and excludes what tools brought in;
 * thoughts come on top of the candidates. Video and documents are priced as text and count as it.
 */
export const readGeminiUsage = (state: AnswerState): Interpretation => {
  const { usage: raw, model } = state
  const serviceTier = tierName(raw?.['serviceTier'])
  const served = {
    ...(model === undefined ? {} : { model }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
  if (raw === undefined) return { served, flags: [] }
  const input = readInput(raw)
  const output = readOutput(raw)
  const reasoning = tokenCountAt(raw, 'thoughtsTokenCount')
  return {
    served,
    usage: {
      quantities: { ...input.quantities, ...output.quantities, ...readSearches(state) },
      ...(reasoning === undefined ? {} : { reasoning }),
    },
    // Each report counts all output so far, and thoughts come before the first token of a candidate.
    ...((tokenCountAt(raw, 'candidatesTokenCount') ?? 0) > 0 ? { countsReasoning: true } : {}),
    flags: [
      ...(input.exceeds || output.exceeds ? ['details_exceed_total'] : []),
      ...(addsUp(raw) ? [] : ['total_mismatch']),
      ...unknownUsageKeys(raw, countedKeys),
      ...detailLists.flatMap((list) => unknownModalities(raw, list)),
      ...badUsageValues(raw, countedKeys),
    ],
  }
}

interface Side {
  readonly quantities: Quantities
  readonly exceeds: boolean
}

const readInput = (raw: RawObject): Side => {
  const prompt = tokenCountAt(raw, 'promptTokenCount')
  const fromTools = tokenCountAt(raw, 'toolUsePromptTokenCount')
  if (prompt === undefined && fromTools === undefined) return { quantities: {}, exceeds: false }
  const cached = tokenCountAt(raw, 'cachedContentTokenCount')
  const cachedOf = (modality: string) => Math.min(modalityCount(raw, 'cacheTokensDetails', modality), cached ?? 0)
  const freshOf = (modality: string) => {
    const asked = modalityCount(raw, 'promptTokensDetails', modality)
    const retrieved = modalityCount(raw, 'toolUsePromptTokensDetails', modality)
    return nonZero(Math.max(asked - cachedOf(modality), 0) + retrieved)
  }
  const cachedAudio = cachedOf('AUDIO')
  const { parts, rest, exceeds } = divideTokens((prompt ?? 0) + (fromTools ?? 0), {
    cache_read: cached === undefined ? undefined : cached - cachedAudio,
    cache_read_audio: nonZero(cachedAudio),
    input_audio: freshOf('AUDIO'),
    input_image: freshOf('IMAGE'),
  })
  return { quantities: { input: rest, ...parts }, exceeds }
}

const readOutput = (raw: RawObject): Side => {
  const candidates = tokenCountAt(raw, 'candidatesTokenCount')
  const thoughts = tokenCountAt(raw, 'thoughtsTokenCount')
  if (candidates === undefined && thoughts === undefined) return { quantities: {}, exceeds: false }
  const { parts, rest, exceeds } = divideTokens(candidates ?? 0, {
    output_audio: nonZero(modalityCount(raw, 'candidatesTokensDetails', 'AUDIO')),
    output_image: nonZero(modalityCount(raw, 'candidatesTokensDetails', 'IMAGE')),
  })
  return { quantities: { output: rest + (thoughts ?? 0), ...parts }, exceeds }
}

const detailsOf = (raw: RawObject, list: string): readonly RawObject[] => {
  const details = raw[list]
  return Array.isArray(details) ? details.filter(isRawObject) : []
}

const modalityCount = (raw: RawObject, list: string, modality: string): number =>
  detailsOf(raw, list)
    .filter((detail) => nameOf(detail['modality']) === modality)
    .reduce((sum, detail) => sum + (tokenCount(detail['tokenCount']) ?? 0), 0)

const nameOf = (modality: unknown): unknown => (typeof modality === 'number' ? modalities[modality - 1] : modality)

const unknownModalities = (raw: RawObject, list: string): readonly string[] =>
  detailsOf(raw, list)
    .filter(({ modality, tokenCount: count }) => !modalities.includes(nameOf(modality)) && count !== 0)
    .map(({ modality }) => `unknown_usage_key:${list}.${typeof modality === 'string' ? modality : 'untyped'}`)

/** Whether the parts make the total, where there is one: a part that nobody told this version about would be missing. */
const addsUp = (raw: RawObject): boolean => {
  const total = tokenCountAt(raw, 'totalTokenCount')
  const parts = ['promptTokenCount', 'toolUsePromptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount']
  return total === undefined || total === parts.reduce((sum, key) => sum + (tokenCountAt(raw, key) ?? 0), 0)
}

/** Up to Gemini 2.5 a grounded answer is one use, however many queries the model ran; since Gemini 3 each query is one. */
const billedPerAnswer = /^gemini-[12](?=[.-])/

const readSearches = ({ toolUses, model }: AnswerState): Quantities => {
  const queries = toolUses.size
  const uses = model !== undefined && billedPerAnswer.test(model) ? Math.min(queries, 1) : queries
  return knownQuantities({ web_search: nonZero(uses) })
}
