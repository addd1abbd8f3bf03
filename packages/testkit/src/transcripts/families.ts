import type { WireFormatName } from '@vendo/contract'

/** What a folder of recordings is a recording of, and what to send where the request itself was not recorded. */
export interface Family {
  /** What its bodies are written in. */
  readonly wireFormat: WireFormatName
  /** The integration whose proxy takes the call. */
  readonly slug: string
  /** Taken where the recording does not say which path was called; `:model` stands for the model. */
  readonly path: string
  /** The same for a streamed answer, where that has a path of its own. */
  readonly streamPath?: string
  /** The members that a minimal request has beside `model` and `stream`. */
  readonly minimalBody: Readonly<Record<string, unknown>>
}

const messages = [{ role: 'user', content: 'Hello' }]
const geminiModel = '/v1beta/models/:model'
const chat: Family = {
  wireFormat: 'openai-chat',
  slug: 'openai',
  path: '/v1/chat/completions',
  minimalBody: { messages },
}
const responses: Family = {
  wireFormat: 'openai-responses',
  slug: 'openai',
  path: '/v1/responses',
  minimalBody: { input: 'Hello' },
}

/** The families that the runner replays, by folder name. Folders of other names are skipped. */
export const families: ReadonlyMap<string, Family> = new Map([
  [
    'anthropic',
    {
      wireFormat: 'anthropic-messages',
      slug: 'anthropic',
      path: '/v1/messages',
      minimalBody: { max_tokens: 1024, messages },
    },
  ],
  [
    'anthropic-count-tokens',
    {
      wireFormat: 'anthropic-messages',
      slug: 'anthropic',
      path: '/v1/messages/count_tokens',
      minimalBody: { messages },
    },
  ],
  ['openai-chat', chat],
  ['openai-responses', responses],
  ['openai-responses-other', responses],
  [
    'openai-embeddings',
    { wireFormat: 'openai-embeddings', slug: 'openai', path: '/v1/embeddings', minimalBody: { input: 'Hello' } },
  ],
  [
    'gemini',
    {
      wireFormat: 'gemini-generate',
      slug: 'gemini',
      path: `${geminiModel}:generateContent`,
      streamPath: `${geminiModel}:streamGenerateContent?alt=sse`,
      minimalBody: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
    },
  ],
  ['openrouter', { ...chat, slug: 'openrouter', path: '/api/v1/chat/completions' }],
])
