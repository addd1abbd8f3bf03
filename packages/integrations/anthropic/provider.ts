import { defineProvider, header } from '../lib/provider.ts'

/**
 * Anthropic's Messages API, and files on a key of the tenant's own. Batches, skills and the admin API are blocked: with a
 * pooled key they would show one tenant the objects of another.
 */
export const anthropic = defineProvider({
  slug: 'anthropic',
  origin: 'https://api.anthropic.com',
  credential: header('x-api-key'),
  // Required on every call; https://platform.claude.com/docs/en/api/versioning
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
  pathPrefix: '',
  errorShape: 'anthropic',
  routes: [
    { method: 'POST', path: '/v1/messages', class: 'metered', wireFormat: 'anthropic-messages' },
    { method: 'POST', path: '/v1/messages/count_tokens', class: 'free', bodyFormat: 'anthropic-messages' },
    { method: 'GET', path: '/v1/models', class: 'free', cacheSeconds: 300 },
    { method: 'GET', path: '/v1/models/:id', class: 'free', cacheSeconds: 300 },
    // Free of charge, up to 500 MB a file; https://platform.claude.com/docs/en/build-with-claude/files
    { method: 'POST', path: '/v1/files', class: 'free', ownAccountOnly: true, streamsBody: true },
    { method: 'GET', path: '/v1/files', class: 'free', ownAccountOnly: true },
    { method: 'GET', path: '/v1/files/:id', class: 'free', ownAccountOnly: true },
    { method: 'DELETE', path: '/v1/files/:id', class: 'free', ownAccountOnly: true },
    { method: 'GET', path: '/v1/files/:id/content', class: 'free', ownAccountOnly: true },
  ],
  bound: {
    // Models from Claude 4.7 on see at most 4,784 visual tokens, older ones 1,568 (1,600 in older words);
    // https://platform.claude.com/docs/en/build-with-claude/vision
    imageTokens: 4_784,
    // A page counts as its text (up to 3,000 tokens) and as an image (up to 4,784), and can take as few as 60 bytes of the
    // file; https://platform.claude.com/docs/en/build-with-claude/pdf-support
    documentTokensPerByte: 130,
    // Audio is not accepted, so this only has to be safe.
    audioTokensPerByte: 1,
    // Turn markers and the hints that thinking, citations and schemas add are not documented as numbers. In the recordings
    // without tools the input stays at least 80 tokens below the bytes of the body, so this is all reserve.
    framingTokens: 256,
    // The dearest tool-use prompt (804 tokens) together with every client tool whose definition the provider writes: bash 245,
    // text editor 700, computer use 735 + 499, memory; https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
    toolPromptTokens: 4_096,
    // Server tools stop after ten rounds (`pause_turn`) where the request can set no limit;
    // https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
    serverTools: {
      web_search: { meter: 'web_search' },
      web_fetch: { meter: 'web_fetch' },
      // From 20260209 on they run code to filter what they find, and make all code of the request free;
      // https://platform.claude.com/docs/en/about-claude/pricing
      web_search_2026: { meter: 'web_search', waives: 'code_execution' },
      web_fetch_2026: { meter: 'web_fetch', waives: 'code_execution' },
      code_execution: { meter: 'code_execution', mostUses: 10 },
      tool_search_tool: { mostUses: 10 },
      // Once before the first round and once after each of the ten;
      // https://platform.claude.com/docs/en/build-with-claude/compaction
      compact: { mostUses: 11 },
      advisor: {},
      mcp: {},
    },
    // These think only when they are told to, and what the answer then shows is a summary or nothing. Later ones think unasked;
    // https://platform.claude.com/docs/en/build-with-claude/thinking
    shownOutput: ['claude-2', 'claude-3', 'claude-opus-4', 'claude-sonnet-4', 'claude-haiku-4'],
    // Measured at 51 to 71, https://www.aitoolrank.net/reviews/fastest-ai-models-2026; five times that leaves room for the fast
    // mode of Opus.
    maxOutputTokensPerSecond: { 'claude-opus-': 400, 'claude-sonnet-': 400 },
  },
  asksForChatUsage: false,
  reportsCost: false,
})
