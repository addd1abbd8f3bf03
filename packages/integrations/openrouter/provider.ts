import { bearer, defineProvider } from '../lib/provider.ts'

/**
 * OpenRouter. Its key and credits endpoints are blocked: they would show the pool. A call is settled at the cost that it
 * reports, whichever endpoint served it. The table holds one price list a model, so where a request's `provider` (or an outage)
 * led to a dearer endpoint than the listed one, the charge is flagged `above_hold`.
 */
export const openrouter = defineProvider({
  slug: 'openrouter',
  origin: 'https://openrouter.ai',
  credential: bearer(),
  defaultHeaders: {},
  pathPrefix: '/api',
  errorShape: 'openrouter',
  routes: [
    { method: 'POST', path: '/api/v1/chat/completions', class: 'metered', wireFormat: 'openai-chat' },
    { method: 'POST', path: '/api/v1/responses', class: 'metered', wireFormat: 'openai-responses' },
    { method: 'POST', path: '/api/v1/messages', class: 'metered', wireFormat: 'anthropic-messages' },
    { method: 'POST', path: '/api/v1/embeddings', class: 'metered', wireFormat: 'openai-embeddings' },
    { method: 'GET', path: '/api/v1/models', class: 'free', cacheSeconds: 300 },
    { method: 'GET', path: '/api/v1/models/:author/:slug/endpoints', class: 'free', cacheSeconds: 300 },
  ],
  bound: {
    // Any of the models behind it may serve the call, so each constant is the largest of theirs: see openai/provider.ts.
    imageTokens: 48_169,
    documentTokensPerByte: 810,
    // Gemini counts 32 tokens a second; https://ai.google.dev/gemini-api/docs/audio
    audioTokensPerByte: 0.32,
    framingTokens: 1_024,
    toolPromptTokens: 4_096,
    // `max_tool_calls` limits steps, each of which may make several calls, so that it is no limit of uses. Fees are held for
    // keys that allow unbounded requests.
    serverTools: {
      web_search: { meter: 'web_search', limits: 'own' },
      'openrouter:web_search': { meter: 'web_search', limits: 'own' },
      'plugin:web': { meter: 'web_search', limits: 'none' },
      openrouter: { limits: 'none' },
      code_execution: { meter: 'code_execution', limits: 'none' },
      file_search: { meter: 'file_search', limits: 'none' },
      image_generation: { meter: 'image_generation', limits: 'none' },
    },
    // As in the tables of the providers behind it.
    shownOutput: [
      'openai/gpt-3.5',
      'openai/gpt-4',
      'openai/text-embedding',
      'meta-llama/llama-3',
      'anthropic/claude-3',
      'anthropic/claude-opus-4',
      'anthropic/claude-sonnet-4',
      'anthropic/claude-haiku-4',
    ],
  },
  // Each answer ends with its usage and cost without being asked; https://openrouter.ai/docs/use-cases/usage-accounting
  asksForChatUsage: false,
  reportsCost: true,
})
