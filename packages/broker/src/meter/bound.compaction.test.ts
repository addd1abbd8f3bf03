import { findProvider, type Provider } from '@vendo/integrations/providers'
import { readRequestFacts } from '@vendo/wire'
import { expect, it } from 'vitest'
import { boundRequest } from './bound.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

const window = 200_000
const rates = sampleModel('m', [
  sampleRow({
    input: '1',
    output: '1',
    web_search: '0',
    code_execution: '0',
    cache_write_5m: '1',
    cache_write_1h: '1',
  }),
])

/** How often the bound lets the model read a whole context, or why there is no bound. */
const passesOf = (slug: 'anthropic' | 'openai', body: object): number | string => {
  const format = slug === 'anthropic' ? 'anthropic-messages' : 'openai-responses'
  const bound = boundRequest({
    facts: readRequestFacts(format, { model: 'm', ...body }, 1_000),
    rates,
    alternatives: [],
    modelRates: () => undefined,
    bound: (findProvider(slug) as Provider).bound,
    at: Date.parse('2026-11-20'),
    marginOf: () => '0',
    allowUnbounded: false,
  })
  return bound.ok ? (bound.quantities.output ?? 0) / 64_000 : bound.code
}

const compact = { context_management: { edits: [{ type: 'compact_20260112' }] } }
const compaction = { context_management: [{ type: 'compaction', compact_threshold: window }] }
const search = { type: 'web_search_20250305', max_uses: 3 }

it.each([
  ['one pass without it', 'anthropic', {}, 1],
  ['Anthropic without tools: once', 'anthropic', compact, 2],
  ['Anthropic with a limited tool: once more for each use', 'anthropic', { ...compact, tools: [search] }, 1 + 3 + 4],
  [
    'Anthropic with a tool of its own limit: before the first of ten rounds and after each',
    'anthropic',
    { ...compact, tools: [{ type: 'code_execution_20260120' }] },
    1 + 10 + 11,
  ],
  ['OpenAI without tools: once', 'openai', compaction, 2],
  [
    'OpenAI with a limited tool: once more for each call',
    'openai',
    { ...compaction, tools: [{ type: 'web_search' }], max_tool_calls: 2 },
    1 + 2 + 3,
  ],
  ['OpenAI with an unlimited tool', 'openai', { ...compaction, tools: [{ type: 'web_search' }] }, 'request_unbounded'],
] as const)('a context that may be compacted is bounded: %s', (_, slug, body, passes) => {
  expect(passesOf(slug, body)).toBe(passes)
})
