import { bearer, defineProvider } from '../lib/provider.ts'

/** OpenRouter. Its key and credits endpoints are blocked: they would show the pool. */
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
    serverTools: {
      web_search: { meter: 'web_search' },
      web: { meter: 'web_search' },
      'openrouter:web_search': { meter: 'web_search' },
      openrouter: {},
      code_execution: { meter: 'code_execution' },
      file_search: { meter: 'file_search' },
      image_generation: { meter: 'image_generation' },
      mcp: {},
    },
  },
  // Each answer ends with its usage and cost without being asked; https://openrouter.ai/docs/use-cases/usage-accounting
  asksForChatUsage: false,
  reportsCost: true,
})
