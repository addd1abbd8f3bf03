import { type WireFormatName, wireFormatNames } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import type { RequestFacts } from '../request-facts.ts'
import { readRequestFacts } from './read-request-facts.ts'

const read = (wireFormat: WireFormatName, body: object): RequestFacts => {
  const json = JSON.stringify(body)
  return readRequestFacts(wireFormat, JSON.parse(json), json.length)
}
const tools = (wireFormat: WireFormatName, body: object) => read(wireFormat, body).serverTools

/** A user's message with one part. */
const message = (part: object) => ({ messages: [{ role: 'user', content: [part] }] })

describe("Anthropic's threads", () => {
  it.each([
    ['one that goes on', { type: 'continue', previous_message_id: 'msg_1' }],
    ['a kind that is new', { type: 'fork' }],
    ['one without a kind', {}],
  ])('%s brings an unseen conversation, and tools without limit', (_rule, thread) => {
    const facts = read('anthropic-messages', { thread, messages: [] })
    expect(facts).toMatchObject({ remoteReferences: 1, serverTools: [{ type: 'thread', anyModel: true }] })
  })

  it.each([null, undefined, { type: 'create' }])('%j brings nothing', (thread) => {
    expect(read('anthropic-messages', { thread, messages: [] })).toMatchObject({ remoteReferences: 0, serverTools: [] })
  })
})

describe('tools inside the content', () => {
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 }
  const added = { type: 'tool_addition', tool: { type: 'tool_definition', definition: search } }
  it.each([
    ['a message', message(added)],
    ["the system's text", { system: [added], messages: [] }],
    ['the tool changes of a compaction', message({ type: 'compaction', content: 'x', tool_changes: [added] })],
  ])('of %s count as those at the top (Anthropic)', (_place, body) => {
    expect(read('anthropic-messages', body)).toMatchObject({
      serverTools: [{ type: 'web_search_20250305', maxUses: 2 }],
      hasTools: true,
    })
  })

  it.each([
    ['a reference', { type: 'tool_reference', tool_name: 'a' }, []],
    ['a tool of the client', { type: 'tool_definition', definition: { name: 'a', input_schema: {} } }, []],
    ['a way that is new', { type: 'tool_url', url: 'x' }, [{ type: 'tool_addition' }]],
    ['nothing', null, [{ type: 'tool_addition' }]],
  ])('may be %s', (_rule, tool, expected) => {
    expect(tools('anthropic-messages', message({ type: 'tool_addition', tool }))).toEqual(expected)
  })

  it('are text where they are only quoted', () => {
    expect(tools('anthropic-messages', message({ type: 'tool_use', input: added }))).toEqual([])
  })

  it.each(['additional_tools', 'tool_search_output'])('%s of a Responses input count too', (type) => {
    const own = [{ type: 'web_search' }, { type: 'namespace', tools: [{ type: 'mcp' }, { type: 'function' }] }]
    const container = { type: 'code_interpreter', container: { type: 'auto', file_ids: ['f'] } }
    const facts = read('openai-responses', { max_tool_calls: 3, input: [{ type, tools: [...own, container] }] })
    expect(facts.serverTools.map((tool) => [tool.type, tool.sharedMaxUses])).toEqual([
      ['web_search', 3],
      ['mcp', 3],
      ['code_interpreter', 3],
    ])
    expect(facts.remoteReferences).toBe(1)
  })
})

it('an item of an input with an id, and neither type nor role, is a stored one', () => {
  const input = [{ id: 'rs_1' }, { id: 'rs_2', type: null }, { id: 'm', role: 'user', content: 'x' }]
  expect(read('openai-responses', { input }).remoteReferences).toBe(2)
})

describe.each(['anthropic-messages', 'openai-chat', 'openai-responses'] as const)('%s: routing', (wireFormat) => {
  it('plugins have no limit, and may call models', () => {
    const plugins = [
      { id: 'web', max_uses: 1 },
      { id: 'fusion', analysis_models: ['a', 'b'], model: 'c' },
      { id: 'new' },
    ]
    expect(tools(wireFormat, { plugins: [...plugins, { id: 'off', enabled: false }] })).toEqual([
      { type: 'plugin:web' },
      { type: 'plugin:fusion', models: ['a', 'b', 'c'], anyModel: true },
      { type: 'plugin:new', anyModel: true },
    ])
  })

  it('a preset may hold anything', () => {
    expect(tools(wireFormat, { preset: 'p' })).toEqual([{ type: 'preset', anyModel: true }])
  })

  it('searches online for any of the models', () => {
    expect(tools(wireFormat, { model: 'a/b', models: ['a/c:free:online'] })).toEqual([{ type: 'plugin:web' }])
  })

  it('fallbacks are models, with limits and a speed of their own', () => {
    const fallbacks = [{ model: 'b', max_tokens: 900, speed: 'fast' }, { model: 'c', max_tokens: null }, 'd']
    const limit = wireFormat === 'openai-responses' ? 'max_output_tokens' : 'max_tokens'
    expect(read(wireFormat, { model: 'a', models: ['b'], [limit]: 100, speed: 'standard', fallbacks })).toMatchObject({
      fallbackModels: ['b', 'c', 'd'],
      fallbacksAddUp: true,
      maxOutputTokens: 900,
      speed: 'fast',
      serverTools: [],
    })
    expect(read(wireFormat, { fallbacks })).not.toHaveProperty('maxOutputTokens')
  })

  it.each(['default', {}, [{}], [7]])('fallbacks of %j leave the model to the provider', (fallbacks) => {
    expect(read(wireFormat, { fallbacks })).toMatchObject({
      fallbacksAddUp: true,
      serverTools: expect.arrayContaining([{ type: 'fallbacks', anyModel: true }]),
    })
  })

  it.each([null, undefined, []])('fallbacks of %j are none', (fallbacks) => {
    expect(read(wireFormat, { fallbacks })).toMatchObject({ fallbacksAddUp: false, serverTools: [] })
  })
})

describe("the limits of OpenRouter's tools", () => {
  const search = (settings: object, body: object = {}) =>
    tools('openai-responses', {
      model: 'anthropic/claude-haiku-4.5',
      max_tool_calls: 5,
      tools: [{ type: 'openrouter:web_search', parameters: { max_uses: 2, ...settings } }],
      ...body,
    })[0]
  const unlimited = { type: 'openrouter:web_search' }

  it('count for a native search by Anthropic', () => {
    expect(search({ engine: 'native' })).toEqual({ ...unlimited, maxUses: 2 })
  })

  it.each([
    ['an engine of whose fee nothing is known', search({ engine: 'exa' })],
    ['an engine of their choice', search({})],
    ['a search of posts beside', search({ engine: 'native', x_search: {} })],
    ['a model of another provider', search({ engine: 'native' }, { model: 'openai/gpt-5' })],
    ['another model in reserve', search({ engine: 'native' }, { models: ['openai/gpt-5'] })],
    ['another fallback', search({ engine: 'native' }, { fallbacks: [{ model: 'openai/gpt-5' }] })],
  ])('do not for %s', (_rule, tool) => {
    expect(tool).toEqual(unlimited)
  })

  it.each([
    ['openrouter:fusion', { analysis_models: ['a'], model: 'b' }, { models: ['a', 'b'], anyModel: true }],
    ['openrouter:advisor', { model: 'a', max_uses: 1 }, { models: ['a'] }],
    ['openrouter:advisor', {}, { anyModel: true }],
    ['openrouter:image_generation', {}, { anyModel: true }],
    ['openrouter:subagent', {}, {}],
    [
      'openrouter:subagent',
      { model: 'a', tools: [{ type: 'openrouter:advisor', parameters: { model: 'b' } }] },
      { models: ['a', 'b'] },
    ],
    ['openrouter:datetime', { max_uses: 1 }, {}],
    ['openrouter:new', { max_uses: 1 }, { anyModel: true }],
  ])('%s with %j: none, but the models that it calls', (type, parameters, expected) => {
    for (const wireFormat of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const) {
      expect(tools(wireFormat, { max_tool_calls: 9, tools: [{ type, parameters }] })).toEqual([{ type, ...expected }])
    }
  })

  it('of steps are none where the request says otherwise when tools shall stop', () => {
    const body = { max_tool_calls: 5, tools: [{ type: 'web_search' }] }
    expect(tools('openai-responses', body)).toEqual([{ type: 'web_search', sharedMaxUses: 5 }])
    const stopped = { ...body, stop_server_tools_when: [{ type: 'step_count_is', step_count: 90 }] }
    expect(tools('openai-responses', stopped)).toEqual([{ type: 'web_search' }])
  })

  it('stand in the settings of nothing else', () => {
    const tool = { type: 'web_search', max_uses: 1, parameters: { max_uses: 1 } }
    for (const wireFormat of ['openai-chat', 'openai-responses'] as const) {
      expect(tools(wireFormat, { tools: [tool] })).toEqual([{ type: 'web_search' }])
    }
  })
})

describe('what is a tool of the client is known by its whole name', () => {
  it.each(['bash_code_execution_20270101', 'custom_remote', 'browser_toolset', 'memory_store_20270101'])(
    '%s',
    (type) => {
      expect(tools('anthropic-messages', { tools: [{ type }] })).toEqual([{ type }])
    },
  )
})

describe('passes that nobody sees', () => {
  it.each([
    ['anthropic-messages', { compaction: { type: 'summarize' } }, { type: 'compaction', maxUses: 1 }],
    [
      'anthropic-messages',
      { context_management: { edits: [{ type: 'rewrite_1' }] } },
      { type: 'rewrite_1', maxUses: 1 },
    ],
    ['openai-responses', { input: [{ type: 'compaction_trigger' }] }, { type: 'compaction', maxUses: 1 }],
    ['openai-responses', { reasoning: { mode: 'pro' } }, { type: 'reasoning_mode:pro' }],
    [
      'openai-responses',
      { tools: [{ type: 'shell', environment: { type: 'container_auto', memory_limit: '16g' } }] },
      { type: 'memory_limit:16g of shell' },
    ],
  ] as const)('%s: %j', (wireFormat, body, tool) => {
    expect(tools(wireFormat, body)).toEqual([tool])
  })

  it('a container of the usual size is none', () => {
    const container = { type: 'auto', memory_limit: '1g' }
    expect(tools('openai-responses', { tools: [{ type: 'code_interpreter', container }] })).toEqual([
      { type: 'code_interpreter' },
    ])
  })
})

describe('reasoning', () => {
  it.each([
    ['anthropic-messages', { thinking: { type: 'enabled', budget_tokens: 1024 } }, true],
    ['anthropic-messages', { thinking: { type: 'new' } }, true],
    ['anthropic-messages', { thinking: { type: 'disabled' } }, false],
    ['anthropic-messages', { fallbacks: [{ model: 'a', thinking: { type: 'adaptive' } }] }, true],
    ['openai-chat', { reasoning_effort: 'low' }, true],
    ['openai-chat', { reasoning: {} }, true],
    ['openai-chat', { reasoning_effort: 'none' }, false],
    ['openai-responses', { reasoning: { effort: 'low' } }, true],
    ['gemini-generate', { generationConfig: { thinkingConfig: {} } }, true],
    ['gemini-generate', { generation_config: { thinking_config: {} } }, true],
  ] as const)('%s %j: %s', (wireFormat, body, expected) => {
    expect(read(wireFormat, body).asksForReasoning).toBe(expected)
  })

  it.each(wireFormatNames)('%s: none in a plain request', (wireFormat) => {
    expect(read(wireFormat, { model: 'm' }).asksForReasoning).toBe(false)
  })
})
