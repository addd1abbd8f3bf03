import { findProvider } from '@vendo/integrations/providers'
import { expect, it } from 'vitest'
import { unboundedAdvice } from './unbounded-advice.ts'

const allow = 'use a key that allows unbounded requests (`vendo keys create --allow-unbounded`).'
const none = (slug: string) => `${slug} has no limit for it: leave the tool out, or ${allow}`
const set = (limit: string) => `Set ${limit}, or ${allow}`

it.each([
  ['anthropic', 'anthropic-messages', 'web_search_20250305', set('`max_uses` on the tool')],
  ['anthropic', 'anthropic-messages', 'web_fetch_20260209', set('`max_uses` on the tool')],
  ['anthropic', 'anthropic-messages', 'advisor_20260301', set('`max_uses` on the tool')],
  ['anthropic', 'anthropic-messages', 'mcp_server', none('anthropic')],
  ['anthropic', 'anthropic-messages', 'thread', none('anthropic')],
  ['openai', 'openai-responses', 'web_search', set('`max_tool_calls` on the request')],
  ['openai', 'openai-responses', 'mcp', set('`max_tool_calls` on the request')],
  ['openai', 'openai-responses', 'image_generation', set('`max_tool_calls` on the request')],
  ['openai', 'openai-responses', 'memory_limit:4g of code_interpreter', none('openai')],
  ['openai', 'openai-chat', 'web_search', none('openai')],
  ['gemini', 'gemini-generate', 'google_search', none('gemini')],
  ['gemini', 'gemini-generate', 'file_search', none('gemini')],
  [
    'openrouter',
    'openai-chat',
    'openrouter:web_search',
    set('`max_uses` and `engine: "native"` in the `parameters` of the tool, with models of Anthropic alone'),
  ],
  ['openrouter', 'openai-responses', 'web_search', none('openrouter')],
  ['openrouter', 'openai-responses', 'file_search', none('openrouter')],
  ['openrouter', 'openai-chat', 'plugin:web', none('openrouter')],
  [
    'openrouter',
    'anthropic-messages',
    'web_search_20250305',
    set('`max_uses` on the tool, with models of Anthropic alone'),
  ],
] as const)('%s %s %s', (slug, wireFormat, type, advice) => {
  const constants = findProvider(slug)?.bound
  if (constants === undefined) throw new TypeError(`no provider ${slug}`)
  expect(unboundedAdvice({ tool: { type }, wireFormat, slug, constants })).toBe(advice)
})
