import type { WireFormatName } from '@vendo/contract'
import { readAnthropicRequest } from '../anthropic-messages/anthropic-request.ts'
import { readGeminiRequest } from '../gemini-generate/gemini-request.ts'
import type { Mutable } from '../mutable.ts'
import { readOpenAiChatRequest } from '../openai-chat/openai-chat-request.ts'
import { readOpenAiEmbeddingsRequest } from '../openai-embeddings/openai-embeddings-request.ts'
import { readOpenAiResponsesRequest } from '../openai-responses/openai-responses-request.ts'
import { readOpenAiTranscriptionRequest } from '../openai-transcription/openai-transcription-request.ts'
import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import type { RequestFacts, StoredReference } from '../request-facts.ts'
import { countParts, type PartCounts } from './count-parts.ts'
import { dearestCacheWrite } from './dearest-cache-write.ts'
import { enlargeFacts } from './enlarge-facts.ts'
import { textOf } from './raw.ts'
import { readFindings } from './read-findings.ts'
import { type Routing, readRouting } from './read-routing.ts'

/** The part of {@link RequestFacts} that each wire format spells in its own way. */
export interface FormatFacts
  extends Pick<
    RequestFacts,
    | 'remoteReferences'
    | 'serverTools'
    | 'hasTools'
    | 'choices'
    | 'asksForReasoning'
    | 'outputModalities'
    | 'asksForUsage'
    | 'background'
  > {
  /** Where the format holds content parts. */
  readonly content: readonly unknown[]
  /** What the parts hold, for a format that counts them itself. */
  readonly counted?: PartCounts
  /** For a format that names the model outside the body. */
  readonly model?: string | undefined
  readonly stream?: boolean
  readonly serviceTier?: string
  readonly maxOutputTokens: number | undefined
  readonly region: string | undefined
  /** The provider writes to its cache without being asked, and may charge for it. */
  readonly automaticCacheWrite: boolean
}

const readers: { readonly [Name in WireFormatName]: (body: RawObject, path: string) => FormatFacts } = {
  'anthropic-messages': readAnthropicRequest,
  'openai-chat': readOpenAiChatRequest,
  'openai-responses': readOpenAiResponsesRequest,
  'openai-embeddings': readOpenAiEmbeddingsRequest,
  'openai-transcription': readOpenAiTranscriptionRequest,
  'gemini-generate': readGeminiRequest,
}

/** What of a request is not in its body. */
export interface RequestTarget {
  /** The path that was called, which names the model and the method in Gemini's format. Not needed for the others. */
  readonly path?: string
  /** Paths of members that stand twice in the text of the body, as `parseJsonBody` gives them; its parsed form cannot show them. */
  readonly duplicates?: readonly string[]
}

/**
 * Reads what decides the cost of a call from its parsed body; `bodyBytes` is the length of the body as it was sent. Takes
 * anything at all and never throws: a body that is no object gives facts without a model.
 */
export const readRequestFacts = (
  wireFormat: WireFormatName,
  body: unknown,
  bodyBytes: number,
  { path = '', duplicates = none }: RequestTarget = {},
): RequestFacts => {
  const raw = isRawObject(body) ? body : {}
  const format = readers[wireFormat](raw, path)
  const parts = format.counted ?? countParts(format.content)
  const routing = readRouting(raw)
  const findings = readFindings(wireFormat, raw, duplicates)
  const facts: Mutable<RequestFacts> = {
    model: 'model' in format ? format.model : textOf(raw['model']),
    fallbackModels: routing.fallbackModels,
    fallbacksAddUp: routing.fallbacksAddUp,
    stream: format.stream ?? raw['stream'] === true,
    textBytes: Math.max(bodyBytes - parts.inlineBytes, 0),
    images: parts.images,
    documents: parts.documents,
    audioBytes: parts.audioBytes,
    remoteReferences: format.remoteReferences + parts.remoteReferences + countItems(findings.storedReferences),
    serverTools:
      routing.serverTools.length === 0 ? format.serverTools : [...format.serverTools, ...routing.serverTools],
    hasTools: format.hasTools || routing.serverTools.length > 0,
    choices: format.choices,
    cacheWrite: cacheWriteOf(raw, format),
    asksForUsage: format.asksForUsage,
    background: format.background,
    asksForReasoning: format.asksForReasoning || routing.asksForReasoning,
    outputModalities: format.outputModalities,
    notUnderstood: findings.notUnderstood,
    storedReferences: findings.storedReferences,
  }
  addLimits(facts, format, routing)
  const serviceTier = format.serviceTier ?? textOf(raw['service_tier'])
  if (serviceTier !== undefined) facts.serviceTier = serviceTier
  const speed = dearestSpeed(textOf(raw['speed']), routing)
  if (speed !== undefined) facts.speed = speed
  if (format.region !== undefined) facts.region = format.region
  if (findings.cost !== 0) enlargeFacts(facts, findings.cost, wireFormat)
  return facts
}

const none: readonly never[] = []

/** Items that are kept at the provider are read by it, whatever they hold. */
const countItems = (references: readonly StoredReference[]): number => {
  let count = 0
  for (const { kind } of references) if (kind === 'item') count++
  return count
}

/**
 * Without a limit of the request's own, a fallback that brings none may write as much as its model can; so may one whose limit
 * is 0, of which nothing is documented.
 */
const addLimits = (facts: Mutable<RequestFacts>, { maxOutputTokens }: FormatFacts, { outputLimits }: Routing): void => {
  if (maxOutputTokens !== undefined && !outputLimits.includes(0))
    facts.maxOutputTokens = Math.max(maxOutputTokens, ...outputLimits)
}

const cacheWriteOf = (raw: RawObject, { automaticCacheWrite }: FormatFacts): RequestFacts['cacheWrite'] => {
  const asked = dearestCacheWrite(raw)
  return asked !== '1h' && automaticCacheWrite ? 'automatic' : asked
}

const dearestSpeed = (asked: string | undefined, { speed }: Routing): string | undefined =>
  asked === undefined || asked === 'standard' ? (speed ?? asked) : asked
