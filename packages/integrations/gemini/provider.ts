import { defineProvider, header } from '../lib/provider.ts'

/**
 * Gemini's `generateContent`. Files, caches, file search stores, tuned models, batches and long-running operations are blocked:
 * with a pooled key they would show one tenant the objects of another. Embeddings are blocked because their answers report
 * no usage.
 */
export const gemini = defineProvider({
  slug: 'gemini',
  origin: 'https://generativelanguage.googleapis.com',
  credential: header('x-goog-api-key'),
  defaultHeaders: {},
  pathPrefix: '',
  errorShape: 'gemini',
  // Version 3 of Google's own client calls /v1, the others /v1beta.
  routes: [
    { method: 'POST', path: '/v1beta/models/:model:generateContent', class: 'metered', wireFormat: 'gemini-generate' },
    {
      method: 'POST',
      path: '/v1beta/models/:model:streamGenerateContent',
      class: 'metered',
      wireFormat: 'gemini-generate',
    },
    { method: 'POST', path: '/v1beta/models/:model:countTokens', class: 'free', bodyFormat: 'gemini-generate' },
    { method: 'GET', path: '/v1beta/models', class: 'free', cacheSeconds: 300 },
    { method: 'GET', path: '/v1beta/models/:model', class: 'free', cacheSeconds: 300 },
    { method: 'POST', path: '/v1/models/:model:generateContent', class: 'metered', wireFormat: 'gemini-generate' },
    {
      method: 'POST',
      path: '/v1/models/:model:streamGenerateContent',
      class: 'metered',
      wireFormat: 'gemini-generate',
    },
    { method: 'POST', path: '/v1/models/:model:countTokens', class: 'free', bodyFormat: 'gemini-generate' },
    { method: 'GET', path: '/v1/models', class: 'free', cacheSeconds: 300 },
    { method: 'GET', path: '/v1/models/:model', class: 'free', cacheSeconds: 300 },
  ],
  // `fields` would leave the usage out of an answer, `callback` and other values of `alt` make it unreadable, and
  // `access_token` is a credential; https://docs.cloud.google.com/apis/docs/system-parameters
  meteredQuery: {
    alt: ['json', 'sse'],
    $alt: ['json', 'sse', 'json;enum-encoding=int'],
    prettyPrint: [],
    quotaUser: [],
    '$.xgafv': [],
  },
  bound: {
    // Gemini 3 takes at most 2,240 tokens for an image. Gemini 2 cuts what fits into 3,072 × 3,072 pixels into tiles of 258
    // tokens: at most 24, for a long narrow image, and one for the whole;
    // https://ai.google.dev/gemini-api/docs/media-resolution, https://ai.google.dev/gemini-api/docs/image-understanding
    imageTokens: 6_450,
    // A page counts as an image of at most 2,240 tokens beside its own text, and can take as few as 60 bytes of the file;
    // https://ai.google.dev/gemini-api/docs/document-processing
    documentTokensPerByte: 90,
    // 32 tokens a second at no less than 100 bytes a second; https://ai.google.dev/gemini-api/docs/audio
    audioTokensPerByte: 0.32,
    // Turn markers and what response schemas add. In the recordings without tools the input stays below the bytes of the body.
    framingTokens: 256,
    // Built-in tools bring definitions of their own, which no page gives in numbers.
    toolPromptTokens: 4_096,
    serverTools: {
      // The model decides how often it searches, and nothing limits it.
      google_search: { meter: 'web_search' },
      enterprise_web_search: { meter: 'web_search' },
      google_maps: {},
      file_search: {},
      mcp_servers: {},
      // Twenty addresses a request; https://ai.google.dev/gemini-api/docs/url-context
      url_context: { mostUses: 20 },
      // Code that fails is written again up to five times; https://ai.google.dev/gemini-api/docs/code-execution
      code_execution: { mostUses: 5 },
    },
    // Later ones think unasked, 2.5 Flash-Lite excepted; https://ai.google.dev/gemini-api/docs/thinking
    shownOutput: ['gemini-1.', 'gemini-2.0', 'gemini-2.5-flash-lite', 'gemini-2.5-flash-image'],
  },
  asksForChatUsage: false,
  reportsCost: false,
})
