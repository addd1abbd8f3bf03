/** The JSON + SSE dialects that Vendo reads. */
export const wireFormatNames = [
  'anthropic-messages',
  'openai-chat',
  'openai-responses',
  'openai-embeddings',
  'gemini-generate',
] as const

/** One dialect of {@link wireFormatNames}. */
export type WireFormatName = (typeof wireFormatNames)[number]

/** The shapes in which official SDKs expect an error body. */
export type ErrorShape = 'anthropic' | 'openai' | 'openrouter' | 'gemini'
