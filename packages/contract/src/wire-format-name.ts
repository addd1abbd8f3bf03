/** The dialects that Vendo reads: JSON and SSE, and in `openai-transcription` a form on the way in. */
export const wireFormatNames = [
  'anthropic-messages',
  'openai-chat',
  'openai-responses',
  'openai-embeddings',
  'openai-transcription',
  'gemini-generate',
] as const

/** One dialect of {@link wireFormatNames}. */
export type WireFormatName = (typeof wireFormatNames)[number]

/** The shapes in which official SDKs expect an error body. */
export type ErrorShape = 'anthropic' | 'openai' | 'openrouter' | 'gemini'
