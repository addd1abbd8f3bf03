import { type WireFormatName, wireFormatNames } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RequestFacts } from '../request-facts.ts'
import { readRequestFacts } from './read-request-facts.ts'

const read = (wireFormat: WireFormatName, body: object) => {
  const json = JSON.stringify(body)
  return readRequestFacts(wireFormat, JSON.parse(json), json.length)
}
type Row = readonly [rule: string, wireFormat: WireFormatName, body: object, facts: Partial<RequestFacts>]

const toolRows: readonly Row[] = [
  [
    'client tools',
    'anthropic-messages',
    {
      tools: [
        { name: 'a' },
        { type: 'custom' },
        { type: 'bash_20250124' },
        { type: 'text_editor_20250728' },
        { type: 'computer_20250124' },
        { type: 'computer_toolset_20260801' },
        { type: 'browser_toolset_20260801' },
        { type: 'memory_20250818' },
      ],
    },
    { serverTools: [], hasTools: true },
  ],
  [
    'server tools',
    'anthropic-messages',
    {
      tools: [
        { type: 'web_search_20250305', max_uses: 3 },
        { type: 'code_execution_20260120' },
        { type: 'advisor_20260301', model: 'm', max_uses: 0 },
      ],
    },
    {
      serverTools: [
        { type: 'web_search_20250305', maxUses: 3 },
        { type: 'code_execution_20260120' },
        { type: 'advisor_20260301', models: ['m'], maxUses: 0 },
      ],
      hasTools: true,
    },
  ],
  [
    'an unknown tool',
    'anthropic-messages',
    { tools: [{ type: 'teleport_20300101', max_uses: -1 }] },
    { serverTools: [{ type: 'teleport_20300101' }, { type: 'not_understood' }], notUnderstood: ['tools[0].max_uses'] },
  ],
  [
    'MCP',
    'anthropic-messages',
    { mcp_servers: [{ type: 'url' }], tools: [{ type: 'mcp_toolset' }] },
    { serverTools: [{ type: 'mcp_toolset' }, { type: 'mcp_server' }] },
  ],
  [
    'a compaction',
    'anthropic-messages',
    { context_management: { edits: [{ type: 'compact_20260112' }, { type: 'clear_tool_uses_20250919' }] } },
    { serverTools: [{ type: 'compact_20260112', maxUses: 1 }], hasTools: false },
  ],
  [
    'a compaction before each pass',
    'anthropic-messages',
    { tools: [{ type: 'web_search_1', max_uses: 2 }], context_management: { edits: [{ type: 'compact_1' }] } },
    {
      serverTools: [
        { type: 'web_search_1', maxUses: 2 },
        { type: 'compact_1', maxUses: 3 },
      ],
    },
  ],
  [
    'a compaction without end',
    'anthropic-messages',
    { tools: [{ type: 'web_search_1' }], context_management: { edits: [{ type: 'compact_1' }] } },
    { serverTools: [{ type: 'web_search_1' }, { type: 'compact_1' }] },
  ],
  [
    'client tools',
    'openai-chat',
    { tools: [{ type: 'function' }, { type: 'custom' }] },
    { serverTools: [], hasTools: true },
  ],
  [
    'a search option',
    'openai-chat',
    { web_search_options: {} },
    { serverTools: [{ type: 'web_search_options', maxUses: 1 }], hasTools: true },
  ],
  [
    'a model that searches',
    'openai-chat',
    { model: 'gpt-4o-search-preview' },
    { serverTools: [{ type: 'web_search_options', maxUses: 1 }] },
  ],
  [
    'plugins',
    'openai-chat',
    { model: 'a/b:online', plugins: [{ id: 'file-parser' }, { id: 'web', enabled: false }] },
    { serverTools: [{ type: 'plugin:file-parser' }, { type: 'plugin:web' }] },
  ],
  [
    "OpenRouter's tools",
    'openai-chat',
    {
      tools: [
        { type: 'openrouter:web_search', parameters: { max_uses: 2, engine: 'native' } },
        { type: 'openrouter:advisor', parameters: { model: 'm' } },
      ],
    },
    {
      serverTools: [
        { type: 'openrouter:web_search', maxUses: 2 },
        { type: 'openrouter:advisor', models: ['m'] },
      ],
    },
  ],
  [
    'client tools',
    'openai-responses',
    {
      tools: [
        { type: 'function' },
        { type: 'custom' },
        { type: 'local_shell' },
        { type: 'apply_patch' },
        { type: 'computer_use_preview' },
        { type: 'tool_search', execution: 'client' },
        { type: 'tool_search' },
        { type: 'openrouter:tool_search' },
        { type: 'shell', environment: { type: 'local' } },
      ],
    },
    { serverTools: [], hasTools: true },
  ],
  [
    'server tools, all under one limit',
    'openai-responses',
    { max_tool_calls: 4, tools: [{ type: 'web_search' }, { type: 'mcp' }, { type: 'shell' }] },
    {
      serverTools: [
        { type: 'web_search', sharedMaxUses: 4 },
        { type: 'mcp', sharedMaxUses: 4 },
        { type: 'shell', sharedMaxUses: 4 },
      ],
    },
  ],
  [
    'tools in a namespace',
    'openai-responses',
    { tools: [{ type: 'namespace', tools: [{ type: 'function' }, { type: 'web_search' }] }] },
    { serverTools: [{ type: 'web_search' }] },
  ],
]

const otherRows: readonly Row[] = [
  ['the output limit', 'anthropic-messages', { max_tokens: 5 }, { maxOutputTokens: 5 }],
  [
    'the larger of two output limits',
    'openai-chat',
    { max_tokens: 50, max_completion_tokens: 5 },
    { maxOutputTokens: 50 },
  ],
  ['the output limit', 'openai-responses', { max_output_tokens: 5 }, { maxOutputTokens: 5 }],
  ['no output', 'openai-embeddings', { input: ['a'] }, { maxOutputTokens: 0, cacheWrite: 'none' }],
  [
    'a rejected prediction is output too',
    'openai-chat',
    { max_tokens: 50, prediction: { content: 'abcd' } },
    { maxOutputTokens: 50 + '{"content":"abcd"}'.length },
  ],
  ['several answers', 'openai-chat', { n: 3 }, { choices: 3 }],
  ['a nonsensical number of answers', 'openai-chat', { n: 0 }, { choices: 1 }],
  ['fallback models', 'openai-chat', { models: ['a', 1, 'b'] }, { fallbackModels: ['a', 'b'] }],
  [
    'a five-minute cache write',
    'anthropic-messages',
    { system: [{ cache_control: { type: 'ephemeral' } }] },
    { cacheWrite: '5m' },
  ],
  [
    'a one-hour cache write',
    'anthropic-messages',
    { cache_control: { type: 'ephemeral' }, tools: [{ name: 'a', cache_control: { ttl: '1h' } }] },
    { cacheWrite: '1h' },
  ],
  ['no cache write', 'anthropic-messages', { messages: [] }, { cacheWrite: 'none' }],
  [
    'automatic cache writes',
    'openai-chat',
    { messages: [{ content: [{ cache_control: {} }] }] },
    { cacheWrite: 'automatic' },
  ],
  [
    'a one-hour cache write',
    'openai-chat',
    { messages: [{ content: [{ cache_control: { ttl: '1h' } }] }] },
    { cacheWrite: '1h' },
  ],
  [
    'tier, speed and region',
    'anthropic-messages',
    { service_tier: 'auto', speed: 'fast', inference_geo: 'us' },
    { serviceTier: 'auto', speed: 'fast', region: 'us' },
  ],
  [
    'a stream that asks for usage',
    'openai-chat',
    { stream: true, stream_options: { include_usage: true } },
    { stream: true, asksForUsage: true },
  ],
  ['work in the background', 'openai-responses', { background: true }, { background: true }],
  [
    'a picture as output',
    'openai-responses',
    { modalities: ['text', 'image'] },
    { outputModalities: ['text', 'image'] },
  ],
  ['spoken output', 'openai-chat', { modalities: ['text', 'audio', 'smell'] }, { outputModalities: ['text', 'audio'] }],
]

describe('readRequestFacts', () => {
  it.each([...toolRows, ...otherRows])('%s (%s)', (_, wireFormat, body, facts) => {
    expect(read(wireFormat, body)).toMatchObject(facts)
  })

  it('gives the plain facts of a plain request', () => {
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
    expect(read('anthropic-messages', body)).toEqual({
      model: 'm',
      fallbackModels: [],
      fallbacksAddUp: false,
      stream: false,
      textBytes: JSON.stringify(body).length,
      images: 0,
      documents: [],
      audioBytes: 0,
      remoteReferences: 0,
      serverTools: [],
      hasTools: false,
      maxOutputTokens: 9,
      choices: 1,
      cacheWrite: 'none',
      asksForUsage: false,
      background: false,
      asksForReasoning: false,
      outputModalities: ['text'],
      notUnderstood: [],
      storedReferences: [],
    })
  })

  it.each(['100', -1, 1.5, null, {}])('an output limit of %j is none', (limit) => {
    expect(read('anthropic-messages', { max_tokens: limit })).not.toHaveProperty('maxOutputTokens')
  })

  it.each(wireFormatNames)('%s: takes objects that cannot become text', (wireFormat) => {
    const odd = JSON.parse('{"toString":1,"valueOf":1}') as object
    const bodies = [
      { tools: [{ type: odd }], model: odd, service_tier: odd, context_management: [{ type: odd }] },
      { contents: [{ parts: [{ inlineData: { mimeType: odd, data: odd } }] }], serviceTier: odd },
      { generationConfig: { responseModalities: [odd], candidateCount: odd, maxOutputTokens: odd } },
    ]
    for (const body of bodies) expect(readRequestFacts(wireFormat, body, 10).choices).toBeGreaterThanOrEqual(1)
  })

  it.each(wireFormatNames)('%s: takes anything and never throws', (wireFormat) => {
    const keys = fc.constantFrom(
      'messages',
      'input',
      'content',
      'tools',
      'type',
      'source',
      'system',
      'prompt',
      'plugins',
      'n',
    )
    const leaf = fc.constantFrom<unknown>(null, 1, '', 'image', 'document', 'input_file', 'base64', 'text', true)
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(keys, tie('value'))),
    }))
    fc.assert(
      fc.property(value, (body) => {
        expect(readRequestFacts(wireFormat, body, 10).textBytes).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
