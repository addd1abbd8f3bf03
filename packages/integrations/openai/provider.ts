import { bearer, defineProvider } from '../lib/provider.ts'

/** https://developers.openai.com/api/docs/guides/speech-to-text */
const sound = {
  // The file has 25 MiB at most; samples of known speakers and other fields come on top.
  mostBytes: 26_214_400 + 2_097_152,
  // Opus goes down to 6 kbit/s, https://www.rfc-editor.org/rfc/rfc6716#section-2.1.1, and MP3 to 8.
  leastBytesPerSecond: 750,
} as const

/**
 * OpenAI's chat, Responses and embeddings APIs, speech to text, and files on a key of the tenant's own. Batches, vector stores,
 * containers, speech and everything else are blocked: with a pooled key they would show one tenant the objects of another, or
 * they have no meter.
 */
export const openai = defineProvider({
  slug: 'openai',
  origin: 'https://api.openai.com',
  credential: bearer(),
  defaultHeaders: {},
  pathPrefix: '',
  errorShape: 'openai',
  routes: [
    { method: 'POST', path: '/v1/chat/completions', class: 'metered', wireFormat: 'openai-chat' },
    { method: 'POST', path: '/v1/responses', class: 'metered', wireFormat: 'openai-responses' },
    { method: 'POST', path: '/v1/responses/compact', class: 'metered', wireFormat: 'openai-responses' },
    { method: 'POST', path: '/v1/embeddings', class: 'metered', wireFormat: 'openai-embeddings' },
    {
      method: 'POST',
      path: '/v1/audio/transcriptions',
      class: 'metered',
      wireFormat: 'openai-transcription',
      streamsBody: true,
      form: {
        ...sound,
        models: ['whisper-*', '*-transcribe*'],
        responseFormats: ['json', 'verbose_json', 'diarized_json'],
      },
    },
    {
      method: 'POST',
      path: '/v1/audio/translations',
      class: 'metered',
      wireFormat: 'openai-transcription',
      streamsBody: true,
      // Its `json` is documented as text alone; https://developers.openai.com/api/reference/resources/audio
      form: { ...sound, models: ['whisper-*'], responseFormats: ['verbose_json'] },
    },
    { method: 'POST', path: '/v1/responses/input_tokens', class: 'free', bodyFormat: 'openai-responses' },
    // A background answer reports its usage to the poll.
    { method: 'GET', path: '/v1/responses/:id', class: 'free', ownedBySegment: ':id', wireFormat: 'openai-responses' },
    { method: 'GET', path: '/v1/responses/:id/input_items', class: 'free', ownedBySegment: ':id' },
    { method: 'POST', path: '/v1/responses/:id/cancel', class: 'free', ownedBySegment: ':id' },
    { method: 'DELETE', path: '/v1/responses/:id', class: 'free', ownedBySegment: ':id' },
    { method: 'GET', path: '/v1/models', class: 'free', cacheSeconds: 300 },
    { method: 'GET', path: '/v1/models/:id', class: 'free', cacheSeconds: 300 },
    // Storage costs nothing; what a call reads of a file is billed with the call.
    { method: 'POST', path: '/v1/files', class: 'free', ownAccountOnly: true, streamsBody: true },
    { method: 'GET', path: '/v1/files', class: 'free', ownAccountOnly: true },
    { method: 'GET', path: '/v1/files/:id', class: 'free', ownAccountOnly: true },
    { method: 'DELETE', path: '/v1/files/:id', class: 'free', ownAccountOnly: true },
    { method: 'GET', path: '/v1/files/:id/content', class: 'free', ownAccountOnly: true },
    { method: 'POST', path: '/v1/uploads', class: 'free', ownAccountOnly: true },
    { method: 'POST', path: '/v1/uploads/:id/parts', class: 'free', ownAccountOnly: true, streamsBody: true },
    { method: 'POST', path: '/v1/uploads/:id/complete', class: 'free', ownAccountOnly: true },
    { method: 'POST', path: '/v1/uploads/:id/cancel', class: 'free', ownAccountOnly: true },
  ],
  bound: {
    // gpt-4o-mini: 2,833 and 5,667 for each of at most eight tiles. The patch-based models stay below: 30,000 patches at 1.2
    // for GPT-5.6 and GPT-6, 1,536 at 2.46 for gpt-4.1-nano; https://developers.openai.com/api/docs/guides/images-vision
    imageTokens: 48_169,
    // A page counts as its text and as an image, and can take as few as 60 bytes of the file;
    // https://developers.openai.com/api/docs/guides/pdf-files
    documentTokensPerByte: 810,
    // Ten tokens a second (one per 100 ms), at no less than 100 bytes a second: the lowest MP3 bit rate takes 1,000;
    // https://developers.openai.com/api/docs/guides/realtime-costs
    audioTokensPerByte: 0.1,
    // Turn markers, the hidden system lines of reasoning models, and the instructions that structured outputs add.
    framingTokens: 256,
    // Built-in tools bring definitions of their own, which no page gives in numbers.
    toolPromptTokens: 4_096,
    // None of them has a limit of its own: `max_tool_calls` is the request's.
    serverTools: {
      web_search: { meter: 'web_search' },
      file_search: { meter: 'file_search' },
      code_interpreter: { meter: 'code_execution' },
      shell: { meter: 'code_execution' },
      image_generation: { meter: 'image_generation' },
      // Runs before the model goes on when the context has outgrown a threshold: once without tools, else once more for each
      // call of one; https://developers.openai.com/api/docs/guides/context-management
      compaction: {},
      mcp: {},
    },
    // All others reason, and show a summary of it at most; https://developers.openai.com/api/docs/guides/reasoning
    shownOutput: ['gpt-3.5', 'gpt-4', 'chatgpt-4o', 'gpt-audio', 'text-embedding'],
  },
  asksForChatUsage: true,
  reportsCost: false,
})
