import type { WireFormatName } from '@vendo/contract'
import { anthropicAnswer } from '../anthropic-messages/anthropic-answer.ts'
import { geminiAnswer } from '../gemini-generate/gemini-answer.ts'
import { openAiChatAnswer } from '../openai-chat/openai-chat-answer.ts'
import { openAiEmbeddingsAnswer } from '../openai-embeddings/openai-embeddings-answer.ts'
import { openAiResponsesAnswer } from '../openai-responses/openai-responses-answer.ts'
import { openAiTranscriptionAnswer } from '../openai-transcription/openai-transcription-answer.ts'
import type { UsageReader } from '../usage-reading.ts'
import type { AnswerFormat } from './answer-format.ts'
import { BodyUsageReader } from './body-usage-reader.ts'
import { StreamUsageReader } from './stream-usage-reader.ts'

const formats: { readonly [Name in WireFormatName]: AnswerFormat } = {
  'anthropic-messages': anthropicAnswer,
  'openai-chat': openAiChatAnswer,
  'openai-responses': openAiResponsesAnswer,
  'openai-embeddings': openAiEmbeddingsAnswer,
  'openai-transcription': openAiTranscriptionAnswer,
  'gemini-generate': geminiAnswer,
}

/** What kind of answer is to be read. */
export interface UsageReaderOptions {
  readonly wireFormat: WireFormatName
  /** `sse` for `text/event-stream`, `json` for everything else. */
  readonly contentType: 'json' | 'sse'
  /** Events larger than this are skipped, with the flag `event_too_large`. Default 8 MiB. */
  readonly maxEventBytes?: number
  /** A JSON body larger than this is not read, with the flag `body_too_large`. Default 64 MiB. */
  readonly maxBodyBytes?: number
}

/**
 * Reads what an answer consumed from its bytes (already decompressed), however they are split. Costs about a
 * microsecond for an ordinary event; never throws, whatever the bytes are.
 */
export const createUsageReader = (options: UsageReaderOptions): UsageReader => {
  const { wireFormat, contentType, maxEventBytes = 8 * 1024 * 1024, maxBodyBytes = 64 * 1024 * 1024 } = options
  const format = formats[wireFormat]
  return contentType === 'sse'
    ? new StreamUsageReader(format, maxEventBytes)
    : new BodyUsageReader(format, maxBodyBytes)
}
