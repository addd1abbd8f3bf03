/** What a folder of recordings is a recording of, and what to send where the request itself was not recorded. */
export interface Family {
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
const chat: Family = { slug: 'openai', path: '/v1/chat/completions', minimalBody: { messages } }
const responses: Family = { slug: 'openai', path: '/v1/responses', minimalBody: { input: 'Hello' } }

/** The families that the runner replays, by folder name. Folders of other names are skipped. */
export const families: ReadonlyMap<string, Family> = new Map([
  ['anthropic', { slug: 'anthropic', path: '/v1/messages', minimalBody: { max_tokens: 1024, messages } }],
  ['anthropic-count-tokens', { slug: 'anthropic', path: '/v1/messages/count_tokens', minimalBody: { messages } }],
  ['openai-chat', chat],
  ['openai-responses', responses],
  ['openai-responses-other', responses],
  ['openai-embeddings', { slug: 'openai', path: '/v1/embeddings', minimalBody: { input: 'Hello' } }],
  [
    'gemini',
    {
      slug: 'gemini',
      path: `${geminiModel}:generateContent`,
      streamPath: `${geminiModel}:streamGenerateContent?alt=sse`,
      minimalBody: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
    },
  ],
  ['openrouter', { ...chat, slug: 'openrouter', path: '/api/v1/chat/completions' }],
])
