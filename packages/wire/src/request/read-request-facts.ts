import type { WireFormatName } from '@vendo/contract'
import { readAnthropicRequest } from '../anthropic-messages/anthropic-request.ts'
import { readGeminiRequest } from '../gemini-generate/gemini-request.ts'
import { readOpenAiChatRequest } from '../openai-chat/openai-chat-request.ts'
import { readOpenAiEmbeddingsRequest } from '../openai-embeddings/openai-embeddings-request.ts'
import { readOpenAiResponsesRequest } from '../openai-responses/openai-responses-request.ts'
import { isRawObject, type RawObject } from '../reader/answer-state.ts'
import type { RequestFacts } from '../request-facts.ts'
import { countParts, type PartCounts } from './count-parts.ts'
import { dearestCacheWrite } from './dearest-cache-write.ts'
import { textOf } from './raw.ts'

/** The part of {@link RequestFacts} that each wire format spells in its own way. */
export interface FormatFacts
  extends Pick<
    RequestFacts,
    'remoteReferences' | 'serverTools' | 'hasTools' | 'choices' | 'outputModalities' | 'asksForUsage' | 'background'
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
  'gemini-generate': readGeminiRequest,
}

/** What of a request is not in its body. */
export interface RequestTarget {
  /** The path that was called, which names the model and the method in Gemini's format. Not needed for the others. */
  readonly path?: string
}

/**
 * Reads what decides the cost of a call from its parsed body; `bodyBytes` is the length of the body as it was sent. Takes
 * anything at all and never throws: a body that is no object gives facts without a model.
 */
export const readRequestFacts = (
  wireFormat: WireFormatName,
  body: unknown,
  bodyBytes: number,
  { path = '' }: RequestTarget = {},
): RequestFacts => {
  const raw = isRawObject(body) ? body : {}
  const { content, counted, automaticCacheWrite, maxOutputTokens, region, ...format } = readers[wireFormat](raw, path)
  const parts = counted ?? countParts(content)
  const cacheWrite = dearestCacheWrite(raw)
  const serviceTier = format.serviceTier ?? textOf(raw['service_tier'])
  const speed = textOf(raw['speed'])
  return {
    ...format,
    model: 'model' in format ? format.model : textOf(raw['model']),
    fallbackModels: readFallbackModels(raw),
    stream: format.stream ?? raw['stream'] === true,
    textBytes: Math.max(bodyBytes - parts.inlineBytes, 0),
    images: parts.images,
    documents: parts.documents,
    audioBytes: parts.audioBytes,
    remoteReferences: format.remoteReferences + parts.remoteReferences,
    cacheWrite: cacheWrite !== '1h' && automaticCacheWrite ? 'automatic' : cacheWrite,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(speed === undefined ? {} : { speed }),
    ...(region === undefined ? {} : { region }),
  }
}

/** OpenRouter's `models`, in every wire format that it serves. */
const readFallbackModels = (body: RawObject): readonly string[] =>
  Array.isArray(body['models']) ? body['models'].map(textOf).filter((model) => model !== undefined) : []
