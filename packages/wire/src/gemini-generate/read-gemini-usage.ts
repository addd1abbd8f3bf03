import type { Quantities, Served, Usage } from '@vendo/contract'
import type { Mutable } from '../mutable.ts'
import { addKnown, type Interpretation } from '../reader/answer-format.ts'
import { type AnswerState, isRawObject, type RawObject } from '../reader/answer-state.ts'
import { divideTokens, nonZero } from '../reader/divide-tokens.ts'
import { badCount, checkUsage, defineUsageKeys, partsMissing, tokenCount, untoldSides } from '../reader/token-count.ts'
import { tierName } from './tier-name.ts'

const usageKeys = defineUsageKeys({
  promptTokenCount: 'count',
  cachedContentTokenCount: 'count',
  toolUsePromptTokenCount: 'count',
  candidatesTokenCount: 'count',
  thoughtsTokenCount: 'count',
  totalTokenCount: 'count',
})

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
  const { usage: raw } = state
  const served = servedOf(state)
  if (raw === undefined) return { served, flags: [] }
  const input = readInput(raw)
  const output = readOutput(raw)
  const quantities: Mutable<Quantities> = { ...input.quantities, ...output.quantities }
  addKnown(quantities, 'web_search', readSearches(state))
  const usage: Mutable<Usage> = { quantities }
  const reasoning = tokenCount(raw['thoughtsTokenCount'])
  if (reasoning !== undefined) usage.reasoning = reasoning
  const { unknown, bad } = checkUsage(raw, usageKeys)
  const badDetails = detailLists.flatMap((list) => badCounts(raw, list))
  const interpretation: Mutable<Interpretation> = {
    served,
    usage,
    flags: [
      ...(input.exceeds || output.exceeds ? ['details_exceed_total'] : []),
      ...(addsUp(raw) ? [] : ['total_mismatch']),
      ...unknown,
      ...detailLists.flatMap((list) => unknownModalities(raw, list)),
      ...bad,
      ...badDetails,
    ],
  }
  const untold = untoldSides({
    input: tokenCount(raw['promptTokenCount']),
    output: toldOutput(raw),
    bad: [...bad, ...badDetails],
    outputKeys: /^(candidates|thoughts)/,
    neither: partsMissing(
      raw['totalTokenCount'],
      partKeys.map((key) => raw[key]),
    ),
  })
  if (untold.length > 0) interpretation.untold = untold
  // Each report counts all output so far, and thoughts come before the first token of a candidate.
  if ((tokenCount(raw['candidatesTokenCount']) ?? 0) > 0 && !untold.includes('output'))
    interpretation.countsReasoning = true
  return interpretation
}

const servedOf = ({ usage, model }: AnswerState): Served => {
  const served: Mutable<Served> = {}
  if (model !== undefined) served.model = model
  const serviceTier = tierName(usage?.['serviceTier'])
  if (serviceTier !== undefined) served.serviceTier = serviceTier
  return served
}

interface Side {
  readonly quantities: Quantities
  readonly exceeds: boolean
}

const readInput = (raw: RawObject): Side => {
  const prompt = tokenCount(raw['promptTokenCount'])
  const fromTools = tokenCount(raw['toolUsePromptTokenCount'])
  if (prompt === undefined && fromTools === undefined) return { quantities: {}, exceeds: false }
  const cached = tokenCount(raw['cachedContentTokenCount'])
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
  const candidates = tokenCount(raw['candidatesTokenCount'])
  const thoughts = tokenCount(raw['thoughtsTokenCount'])
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

/** The API leaves out what is 0, so that without candidates only a total that adds up tells that there are none. */
const toldOutput = (raw: RawObject): number | undefined => {
  const candidates = tokenCount(raw['candidatesTokenCount'])
  if (candidates !== undefined) return candidates
  return tokenCount(raw['totalTokenCount']) !== undefined && addsUp(raw) ? 0 : undefined
}

const badCounts = (raw: RawObject, list: string): readonly string[] =>
  detailsOf(raw, list)
    .filter(({ tokenCount: count }) => count != null && tokenCount(count) === undefined)
    .map(({ modality, tokenCount: count }) =>
      badCount(`${list}.${typeof modality === 'string' ? modality : 'untyped'}`, count),
    )

const partKeys = ['promptTokenCount', 'toolUsePromptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount']

/** Whether the parts make the total, where there is one: a part that nobody told this version about would be missing. */
const addsUp = (raw: RawObject): boolean => {
  const total = tokenCount(raw['totalTokenCount'])
  return total === undefined || total === partKeys.reduce((sum, key) => sum + (tokenCount(raw[key]) ?? 0), 0)
}

/** Up to Gemini 2.5 a grounded answer is one use, however many queries the model ran; since Gemini 3 each query is one. */
const billedPerAnswer = /^gemini-[12](?=[.-])/

const readSearches = ({ toolUses, model }: AnswerState): number | undefined => {
  const queries = toolUses.size
  return nonZero(model !== undefined && billedPerAnswer.test(model) ? Math.min(queries, 1) : queries)
}
