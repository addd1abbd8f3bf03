import { type WireFormatName, wireFormatNames } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import type { RequestFacts } from '../request-facts.ts'
import { readRequestFacts } from './read-request-facts.ts'

const path = '/v1beta/models/gemini-2.5-flash:generateContent'

const read = (wireFormat: WireFormatName, body: object): RequestFacts => {
  const json = JSON.stringify(body)
  return readRequestFacts(wireFormat, JSON.parse(json), json.length, { path })
}

const message = (part: unknown) => ({ messages: [{ role: 'user', content: [part] }] })
const item = (part: unknown) => ({ input: [{ role: 'user', content: [part] }] })
const contents = (part: unknown) => ({ contents: [{ role: 'user', parts: [part] }] })

/** What a fact is where nobody knows it. */
const unknown = {
  noLimit: { maxOutputTokens: undefined },
  tools: { serverTools: expect.arrayContaining([{ type: 'not_understood' }]) },
  models: { serverTools: expect.arrayContaining([{ type: 'not_understood', anyModel: true }]) },
  input: { remoteReferences: expect.toSatisfy((count: number) => count > 0) },
  tier: { serviceTier: undefined },
  choices: { choices: 128 },
  media: { outputModalities: ['text', 'audio', 'image'] },
}

type Row = readonly [paths: readonly string[], wireFormat: WireFormatName, body: object, facts: object]

const limits: readonly Row[] = [
  [['max_tokens'], 'anthropic-messages', { max_tokens: '16000' }, unknown.noLimit],
  [['max_tokens'], 'anthropic-messages', { max_tokens: 1.5 }, unknown.noLimit],
  [['max_completion_tokens'], 'openai-chat', { max_completion_tokens: '16000', max_tokens: 1 }, unknown.noLimit],
  [['max_tokens'], 'openai-chat', { max_completion_tokens: 1, max_tokens: [2] }, unknown.noLimit],
  [['max_output_tokens'], 'openai-responses', { max_output_tokens: {} }, unknown.noLimit],
  [
    ['generationConfig.maxOutputTokens'],
    'gemini-generate',
    { generationConfig: { maxOutputTokens: '5' } },
    unknown.noLimit,
  ],
  [
    ['generationConfig.max_output_tokens'],
    'gemini-generate',
    { generationConfig: { maxOutputTokens: 5, max_output_tokens: 7 } },
    unknown.noLimit,
  ],
  [['generation_config'], 'gemini-generate', { generationConfig: {}, generation_config: {} }, unknown.noLimit],
  [['generationConfig'], 'gemini-generate', { generationConfig: [{ maxOutputTokens: 1 }] }, unknown.noLimit],
  [['Max_Tokens'], 'openai-chat', { Max_Tokens: 9, max_tokens: 1 }, unknown.noLimit],
  [['maxTokens'], 'anthropic-messages', { maxTokens: 9, max_tokens: 1 }, unknown.noLimit],
  [
    ['fallbacks[0].max_tokens'],
    'anthropic-messages',
    { max_tokens: 1, fallbacks: [{ model: 'b', max_tokens: '9' }] },
    unknown.noLimit,
  ],
  [
    ['output_config.task_budget.total'],
    'anthropic-messages',
    { max_tokens: 1, output_config: { task_budget: { type: 'tokens', total: '9' } } },
    unknown.noLimit,
  ],
  [['n'], 'openai-chat', { n: '100' }, unknown.choices],
  [['n'], 'openai-chat', { n: [8] }, unknown.choices],
  [['n'], 'openai-chat', { n: 8.5 }, unknown.choices],
  [['n'], 'openai-chat', { n: true }, unknown.choices],
  [
    ['generationConfig.candidateCount'],
    'gemini-generate',
    { generationConfig: { candidateCount: [2] } },
    { choices: 8 },
  ],
]

const prices: readonly Row[] = [
  [['serviceTier'], 'gemini-generate', { serviceTier: 3 }, unknown.tier],
  [['service_tier'], 'gemini-generate', { serviceTier: 'flex', service_tier: 'priority' }, unknown.tier],
  [['service_tier'], 'openai-chat', { service_tier: ['flex'] }, unknown.tier],
  [['service_tier'], 'openai-responses', { service_tier: 1 }, unknown.tier],
  [['speed'], 'anthropic-messages', { speed: ['fast'] }, { speed: 'not_understood' }],
  [['inference_geo'], 'anthropic-messages', { inference_geo: ['us'] }, { region: 'not_understood' }],
  [
    ['cache_control.ttl'],
    'anthropic-messages',
    { cache_control: { type: 'ephemeral', ttl: 3600 } },
    { cacheWrite: '1h' },
  ],
  [
    ['cache_control.ttl'],
    'anthropic-messages',
    { cache_control: { type: 'ephemeral', ttl: '2h' } },
    { cacheWrite: '1h' },
  ],
  [
    ['messages[0].content[0].cache_control.ttl'],
    'anthropic-messages',
    message({ type: 'text', text: 'a', cache_control: { ttl: ['1h'] } }),
    { cacheWrite: '1h' },
  ],
  [['prompt_cache_options.ttl'], 'openai-responses', { prompt_cache_options: { ttl: '12h' } }, unknown.tools],
  [['prompt_cache_options.prewarm'], 'openai-responses', { prompt_cache_options: { prewarm: true } }, unknown.tools],
  [['prompt_cache_retention'], 'openai-chat', { prompt_cache_retention: '7d' }, unknown.tools],
  [
    ['input[0].content[0].prompt_cache_breakpoint.ttl'],
    'openai-responses',
    item({ type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }),
    unknown.tools,
  ],
  [['background_options'], 'openai-responses', { background_options: {} }, unknown.models],
  [['background'], 'openai-responses', { background: 'true' }, { background: true }],
  [['reasoning.mode'], 'openai-responses', { reasoning: { mode: ['pro'] } }, unknown.models],
  [
    ['thinking.block_binding'],
    'anthropic-messages',
    { thinking: { type: 'adaptive', block_binding: 'keep' } },
    unknown.input,
  ],
  [['thinking.budget'], 'anthropic-messages', { thinking: { type: 'adaptive', budget: 1 } }, unknown.models],
  [['modalities'], 'openai-chat', { modalities: 'audio' }, unknown.media],
  [
    ['generationConfig.responseModalities[0]'],
    'gemini-generate',
    { generationConfig: { responseModalities: [2] } },
    unknown.media,
  ],
  [['Service_Tier'], 'openai-chat', { Service_Tier: 'priority' }, unknown.models],
  [['new_member'], 'openai-responses', { new_member: 1 }, unknown.models],
  [['input'], 'openai-embeddings', { input: { a: 1 } }, unknown.models],
]

const routing: readonly Row[] = [
  [['models'], 'openai-chat', { models: 'a' }, unknown.models],
  [['models'], 'openai-chat', { models: { a: 1 } }, unknown.models],
  [['models[1]'], 'openai-chat', { models: ['a', ['b']] }, unknown.models],
  [['fallbacks[0]'], 'anthropic-messages', { fallbacks: [7] }, unknown.models],
  [['fallbacks'], 'anthropic-messages', { fallbacks: { model: 'a' } }, unknown.models],
  [['plugins'], 'openai-chat', { plugins: { id: 'web' } }, unknown.models],
  [['plugins[0]'], 'openai-chat', { plugins: ['web'] }, unknown.models],
  [['tools'], 'anthropic-messages', { tools: { type: 'web_search_20250305' } }, unknown.tools],
  [['tools[0]'], 'openai-responses', { tools: ['web_search'] }, unknown.tools],
  [['tools[0].type'], 'openai-responses', { tools: [{ type: ['web_search'] }] }, unknown.tools],
  [['tools[0].Type'], 'anthropic-messages', { tools: [{ name: 'a', Type: 'web_search_20250305' }] }, unknown.models],
  [
    ['tools[0].max_uses'],
    'anthropic-messages',
    { tools: [{ type: 'web_search_20250305', max_uses: '9' }] },
    unknown.tools,
  ],
  [['tools'], 'gemini-generate', { tools: 'googleSearch' }, unknown.tools],
  [['tools[0].googleSearch'], 'gemini-generate', { tools: [{ googleSearch: false }] }, unknown.tools],
  [['tools[0].google_search'], 'gemini-generate', { tools: [{ googleSearch: {}, google_search: {} }] }, unknown.tools],
  [['mcp_servers'], 'anthropic-messages', { mcp_servers: { type: 'url' } }, unknown.tools],
  [['mcp_servers[0]'], 'anthropic-messages', { mcp_servers: ['https://a.test'] }, unknown.tools],
  [['context_management'], 'anthropic-messages', { context_management: [{ type: 'compact_1' }] }, unknown.tools],
  [['context_management.edits'], 'anthropic-messages', { context_management: { edits: {} } }, unknown.tools],
  [['context_management'], 'openai-responses', { context_management: { type: 'compaction' } }, unknown.tools],
  [['web_search_options'], 'openai-chat', { web_search_options: true }, unknown.tools],
  [['web_search_options'], 'openai-chat', { web_search_options: [] }, unknown.tools],
  [['max_tool_calls'], 'openai-responses', { max_tool_calls: '5', tools: [{ type: 'web_search' }] }, unknown.tools],
  [
    ['tools[0].parameters.max_uses'],
    'openai-chat',
    { tools: [{ type: 'openrouter:web_search', parameters: { max_uses: '1' } }] },
    unknown.tools,
  ],
  [
    ['tools[0].parameters.model'],
    'openai-chat',
    { tools: [{ type: 'openrouter:advisor', parameters: { model: ['a'] } }] },
    unknown.models,
  ],
]

const parts: readonly Row[] = [
  [['messages'], 'anthropic-messages', { messages: { 0: {} } }, unknown.input],
  [
    ['messages[0].content[0].type'],
    'openai-chat',
    message({ type: 'input_scan', url: 'https://a.test' }),
    unknown.input,
  ],
  [['messages[0].content[0].type'], 'anthropic-messages', message({ type: 'scan', file_id: 'file_1' }), unknown.input],
  [['messages[0].content[0].type'], 'anthropic-messages', message({ type: 1, text: 'a' }), unknown.input],
  [
    ['messages[0].content[0].type', 'messages[0].content[0].Type'],
    'openai-chat',
    message({ Type: 'image_url' }),
    unknown.input,
  ],
  [
    ['messages[0].content[0].url'],
    'openai-chat',
    message({ type: 'text', text: 'a', url: 'https://a.test' }),
    unknown.input,
  ],
  [
    ['messages[0].content[0].input_audio.url'],
    'openai-chat',
    message({ type: 'input_audio', input_audio: { url: 'https://a.test' } }),
    unknown.input,
  ],
  [
    ['messages[0].content[0].input_audio'],
    'openai-chat',
    message({ type: 'input_audio', input_audio: 'https://a.test' }),
    unknown.input,
  ],
  [
    ['messages[0].content[0].source.type'],
    'anthropic-messages',
    message({ type: 'image', source: { type: 'blob' } }),
    unknown.input,
  ],
  [
    ['messages[0].content[0].source.file_id'],
    'anthropic-messages',
    message({ type: 'document', source: { type: 'file', file_id: 7 } }),
    unknown.input,
  ],
  [
    ['messages[0].content[0].image_url.Url'],
    'openai-chat',
    message({ type: 'image_url', image_url: { Url: 'https://a.test' } }),
    unknown.input,
  ],
  [['input[0].type'], 'openai-responses', { input: [{ type: 'hologram' }] }, unknown.input],
  [
    ['input[0].content[0].type'],
    'openai-responses',
    item({ type: 'input_hologram', url: 'https://a.test' }),
    unknown.input,
  ],
  [['input'], 'openai-responses', { input: { role: 'user' } }, unknown.input],
  [['previous_response_id'], 'openai-responses', { previous_response_id: ['resp_1'] }, unknown.input],
  [
    ['contents[0].parts[0].inlineData.mime_type'],
    'gemini-generate',
    contents({ inlineData: { mimeType: 'text/plain', mime_type: 'video/mp4', data: 'AAAA' } }),
    unknown.input,
  ],
  [
    ['contents[0].parts[0].inlineData.mimeType'],
    'gemini-generate',
    contents({ inlineData: { mimeType: 1, data: 'A' } }),
    unknown.input,
  ],
  [
    ['contents[0].parts[0].inline_data'],
    'gemini-generate',
    contents({ inlineData: { mimeType: 'image/png' }, inline_data: {} }),
    unknown.input,
  ],
  [['contents[0].parts[0].hologram'], 'gemini-generate', contents({ hologram: { uri: 'a' } }), unknown.input],
]

describe('what is not understood is named, and makes the facts larger', () => {
  it.each([...limits, ...prices, ...routing, ...parts])('%j (%s)', (paths, wireFormat, body, facts) => {
    const read1 = read(wireFormat, body)
    expect(read1.notUnderstood).toEqual(paths)
    expect({ ...read1, maxOutputTokens: read1.maxOutputTokens, serviceTier: read1.serviceTier }).toMatchObject(facts)
  })

  it.each(wireFormatNames)('%s: a duplicate makes everything larger', (wireFormat) => {
    const facts = readRequestFacts(wireFormat, { model: 'm' }, 10, { duplicates: ['tools[0].type'] })
    expect(facts).toMatchObject({ notUnderstood: ['tools[0].type'], ...unknown.models, ...unknown.input })
    expect(facts).not.toHaveProperty('maxOutputTokens')
  })
})

describe('two spellings, two limits, no output', () => {
  it.each<[string, WireFormatName, object, number | undefined]>([
    ['the larger of two', 'openai-chat', { max_tokens: 9, max_completion_tokens: 5 }, 9],
    [
      '0 is the answer without output (Anthropic)',
      'anthropic-messages',
      { model: 'claude-haiku-4-5', max_tokens: 0 },
      0,
    ],
    ['0 by another provider is not', 'anthropic-messages', { model: 'openai/gpt-5', max_tokens: 0 }, undefined],
    ['0 is no limit', 'openai-chat', { max_tokens: 0 }, undefined],
    ['0 is no limit', 'openai-chat', { max_completion_tokens: 0 }, undefined],
    ['0 beside a limit is no limit', 'openai-chat', { max_tokens: 0, max_completion_tokens: 5 }, undefined],
    ['null beside a limit is nothing', 'openai-chat', { max_tokens: null, max_completion_tokens: 5 }, 5],
    ['0 is no limit', 'openai-responses', { max_output_tokens: 0 }, undefined],
    ['0 is no limit', 'gemini-generate', { generationConfig: { maxOutputTokens: 0 } }, undefined],
    [
      '0 of a fallback is no limit',
      'anthropic-messages',
      { max_tokens: 5, fallbacks: [{ model: 'b', max_tokens: 0 }] },
      undefined,
    ],
  ])('%s (%s)', (_rule, wireFormat, body, limit) => {
    const facts = read(wireFormat, body)
    expect([facts.maxOutputTokens, facts.notUnderstood]).toEqual([limit, []])
  })
})

describe('data of the client is not read', () => {
  const data = { Type: 'a', Url: 'b', type: ['c'], serviceTier: 1, service_tier: 2, ttl: 9 }
  it.each<[string, WireFormatName, object]>([
    ['a schema', 'anthropic-messages', { tools: [{ name: 'a', input_schema: { type: 'object', properties: data } }] }],
    ['a schema', 'openai-chat', { tools: [{ type: 'function', function: { name: 'a', parameters: data } }] }],
    ['a schema', 'openai-responses', { tools: [{ type: 'function', name: 'a', parameters: data }] }],
    ['a schema', 'gemini-generate', { tools: [{ functionDeclarations: [{ name: 'a', parameters: data }] }] }],
    [
      'a schema of the answer',
      'openai-chat',
      { response_format: { type: 'json_schema', json_schema: { schema: data } } },
    ],
    ['a schema of the answer', 'openai-responses', { text: { format: { type: 'json_schema', schema: data } } }],
    ['a schema of the answer', 'gemini-generate', { generationConfig: { responseSchema: data } }],
    ['metadata', 'anthropic-messages', { metadata: data }],
    ['the input of a tool', 'anthropic-messages', message({ type: 'tool_use', id: 'a', name: 'b', input: data })],
    [
      'what a tool of the provider found',
      'anthropic-messages',
      message({ type: 'code_execution_tool_result', content: { type: 'code_execution_result', content: data } }),
    ],
    [
      'arguments',
      'openai-chat',
      { messages: [{ role: 'assistant', tool_calls: [{ function: { arguments: data } }] }] },
    ],
    ['arguments', 'openai-responses', { input: [{ type: 'tool_search_call', arguments: data }] }],
    ['arguments', 'gemini-generate', contents({ functionCall: { name: 'a', args: data } })],
    ['the answer of a function', 'gemini-generate', contents({ functionResponse: { name: 'a', response: data } })],
  ])('%s (%s)', (_rule, wireFormat, body) => {
    expect(read(wireFormat, body).notUnderstood).toEqual([])
  })

  it.each<[WireFormatName, object, string]>([
    ['anthropic-messages', { tools: [{ input_schema: { properties: {} } }] }, 'tools[0].input_schema.properties.Type'],
    ['anthropic-messages', message({ type: 'tool_use', input: { a: {} } }), 'messages[0].content[0].input.a.type'],
    ['openai-chat', { tools: [{ function: { parameters: {} } }] }, 'tools[0].function.parameters.type'],
    ['openai-chat', { metadata: {} }, 'metadata.a'],
    ['openai-responses', { text: { format: { schema: {} } } }, 'text.format.schema.type'],
    ['gemini-generate', contents({ functionCall: { args: {} } }), 'contents[0].parts[0].functionCall.args.a'],
    [
      'gemini-generate',
      contents({ function_response: { response: {} } }),
      'contents[0].parts[0].function_response.response.a',
    ],
  ])('%s: nor is what stands twice there: %j', (wireFormat, body, duplicate) => {
    expect(readRequestFacts(wireFormat, body, 10, { path, duplicates: [duplicate] }).notUnderstood).toEqual([])
  })

  it.each<[WireFormatName, object, string]>([
    ['openai-chat', { model: 'm' }, 'model'],
    ['openai-chat', { metadata: {} }, 'metadata'],
    ['openai-chat', { tools: [{ type: 'openrouter:web_search', parameters: {} }] }, 'tools[0].parameters.max_uses'],
    ['openai-chat', message({ type: 'text' }), 'messages[0].content[0].type'],
    ['anthropic-messages', message({ type: 'image', source: {} }), 'messages[0].content[0].source.type'],
    ['openai-responses', { input: [{ type: 'message' }] }, 'input[0].type'],
    ['openai-responses', {}, 'a.b.c'],
  ])('%s: elsewhere it counts: %j %s', (wireFormat, body, duplicate) => {
    expect(readRequestFacts(wireFormat, body, 10, { path, duplicates: [duplicate] }).notUnderstood).toEqual([duplicate])
  })
})

it('a list of what is not understood is short, and its paths are', () => {
  const facts = read(
    'openai-chat',
    Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`${'x'.repeat(999)}${index}`, 1])),
  )
  expect(facts.notUnderstood).toHaveLength(20)
  expect(facts.notUnderstood[0]).toHaveLength(101)
})
