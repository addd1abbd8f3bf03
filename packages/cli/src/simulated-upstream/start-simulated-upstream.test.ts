import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SimulatedUpstream, startSimulatedUpstream } from './start-simulated-upstream.ts'

let upstream: SimulatedUpstream
const start = async () => {
  upstream = await startSimulatedUpstream({ paceMs: 0, credential: 'test-upstream-key' })
}
beforeEach(start)
afterEach(() => upstream.close())

type Slug = keyof SimulatedUpstream['origins']

const call = (slug: Slug, path: string, body?: unknown, credential = upstream.credential) =>
  fetch(upstream.origins[slug] + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(slug === 'anthropic' ? { 'x-api-key': credential } : { authorization: `Bearer ${credential}` }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

// biome-ignore lint/suspicious/noExplicitAny: answers are read as their consumers read them, field by field
const answerOf = async (...sent: Parameters<typeof call>): Promise<any> => (await call(...sent)).json()

/** The JSON of each event of a stream. */
const eventsOf = async (...sent: Parameters<typeof call>) => {
  const text = await (await call(...sent)).text()
  const data = text.split('\n').filter((line) => line.startsWith('data: '))
  return { text, events: data.filter((line) => line !== 'data: [DONE]').map((line) => JSON.parse(line.slice(6))) }
}

const user = { role: 'user', content: 'Where does the money go?' }
const tool = {
  name: 'get_weather',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const longText = 'All guests shall close the door behind them. '.repeat(100)

const messages = (changes: object = {}) => ({ model: 'claude-x', max_tokens: 1_000, messages: [user], ...changes })
const chat = (changes: object = {}) => ({ model: 'gpt-x', messages: [user], ...changes })
const responses = (changes: object = {}) => ({ model: 'gpt-x', input: 'Where does the money go?', ...changes })

describe('anthropic', () => {
  it('answers with the usage of its fixture, echoes the model and says that it is simulated', async () => {
    const answer = await answerOf('anthropic', '/v1/messages', messages())
    expect(answer).toMatchObject({
      model: 'claude-x',
      stop_reason: 'end_turn',
      usage: { input_tokens: 24, output_tokens: 46 },
    })
    expect(answer.content[0].text).toMatch(/^\(simulated\) You asked: "Where does the money go\?"/)
  })

  it.each([
    ['plain', {}],
    ['thinking', { thinking: { type: 'adaptive' } }],
    ['tool-using', { tools: [{ name: tool.name, input_schema: tool.schema }] }],
    ['limited', { max_tokens: 9 }],
  ])('streams what it answers at once: %s', async (_, changes) => {
    const whole = await answerOf('anthropic', '/v1/messages', messages(changes))
    const { events } = await eventsOf('anthropic', '/v1/messages', messages({ ...changes, stream: true }))
    const blocks = events
      .filter(({ type }) => type === 'content_block_start')
      .map((event) => ({ ...event.content_block }))
    for (const { index, delta } of events.filter(({ type }) => type === 'content_block_delta')) {
      const [[name, piece]] = Object.entries(delta).filter(([key]) => key !== 'type') as [[string, string]]
      blocks[index][name] = (blocks[index][name] ?? '') + piece
    }
    const assembled = blocks.map(({ partial_json: json, ...block }) =>
      json ? { ...block, input: JSON.parse(json) } : block,
    )
    expect(assembled).toEqual(whole.content)
    const end = events.find(({ type }) => type === 'message_delta')
    expect(end.usage).toEqual(whole.usage)
    expect(end.delta.stop_reason).toBe(whole.stop_reason)
    expect(events.at(-1)).toEqual({ type: 'message_stop' })
  })

  it('thinks when asked to', async () => {
    const { content, usage } = await answerOf('anthropic', '/v1/messages', messages({ thinking: { type: 'enabled' } }))
    expect(content.map(({ type }: { type: string }) => type)).toEqual(['thinking', 'text'])
    expect(usage).toMatchObject({ input_tokens: 41, output_tokens: 172 })
  })

  it('writes a marked prefix into its cache once, and reads it afterwards', async () => {
    const body = messages({ system: [{ type: 'text', text: longText, cache_control: { type: 'ephemeral' } }] })
    const { usage: first } = await answerOf('anthropic', '/v1/messages', body)
    const { usage: second } = await answerOf('anthropic', '/v1/messages', body)
    expect(first).toMatchObject({ input_tokens: 31, cache_creation_input_tokens: 1_152, cache_read_input_tokens: 0 })
    expect(second).toMatchObject({ input_tokens: 31, cache_creation_input_tokens: 0, cache_read_input_tokens: 1_152 })
  })

  it('counts tokens, lists models and finds one', async () => {
    expect(await answerOf('anthropic', '/v1/messages/count_tokens', messages())).toEqual({ input_tokens: 24 })
    const { data } = await answerOf('anthropic', '/v1/models')
    expect(await answerOf('anthropic', `/v1/models/${data[0].id}`)).toEqual(data[0])
    expect((await call('anthropic', '/v1/models/unheard-of')).status).toBe(404)
  })
})

describe('a tool', () => {
  it.each([
    ['anthropic', '/v1/messages', messages({ tools: [{ name: tool.name, input_schema: tool.schema }] })],
    [
      'openai',
      '/v1/chat/completions',
      chat({ tools: [{ type: 'function', function: { name: tool.name, parameters: tool.schema } }] }),
    ],
    ['openai', '/v1/responses', responses({ tools: [{ type: 'function', name: tool.name, parameters: tool.schema }] })],
  ] as const)(
    'is called with arguments that fit its schema, and not again after its result: %s %s',
    async (slug, path, body) => {
      const first = await answerOf(slug, path, body)
      expect(JSON.stringify(first).replaceAll('\\', '')).toContain('{"city":"Lisbon"}')
      const results = {
        '/v1/messages': { messages: [user, { role: 'user', content: [{ type: 'tool_result', content: '21' }] }] },
        '/v1/chat/completions': { messages: [user, { role: 'tool', content: '21' }] },
        '/v1/responses': { input: [user, { type: 'function_call_output', call_id: 'call_1', output: '21' }] },
      }
      const second = JSON.stringify(await answerOf(slug, path, { ...body, ...results[path] }))
      expect(second).toContain('The tool has answered')
      expect(second).not.toContain('Lisbon')
    },
  )
})

describe('openai', () => {
  it('reports usage in a chat stream only to those who ask', async () => {
    const silent = await eventsOf('openai', '/v1/chat/completions', chat({ stream: true }))
    expect(silent.text).not.toContain('usage')
    const asking = await eventsOf(
      'openai',
      '/v1/chat/completions',
      chat({ stream: true, stream_options: { include_usage: true } }),
    )
    expect(asking.events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 24, completion_tokens: 46 } })
    expect(asking.events.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(asking.text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('counts a cached prefix inside the input, from its second use on', async () => {
    const body = chat({ messages: [{ role: 'system', content: longText }, user] })
    const { usage: first } = await answerOf('openai', '/v1/chat/completions', body)
    const { usage: second } = await answerOf('openai', '/v1/chat/completions', body)
    expect(first).toMatchObject({ prompt_tokens: 1_183, prompt_tokens_details: { cached_tokens: 0 } })
    expect(second).toMatchObject({ prompt_tokens: 1_183, prompt_tokens_details: { cached_tokens: 1_152 } })
  })

  it('ends a Responses stream with the whole response and without [DONE]', async () => {
    const { text, events } = await eventsOf(
      'openai',
      '/v1/responses',
      responses({ stream: true, reasoning: { effort: 'low' } }),
    )
    const whole = await answerOf('openai', '/v1/responses', responses({ reasoning: { effort: 'low' } }))
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: whole })
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
    expect(whole.usage).toMatchObject({
      input_tokens: 41,
      output_tokens: 172,
      output_tokens_details: { reasoning_tokens: 128 },
    })
    expect(text).not.toContain('[DONE]')
  })

  it('embeds in the encoding that was asked for', async () => {
    const floats = await answerOf('openai', '/v1/embeddings', {
      model: 'e',
      input: ['one', 'a second one'],
      dimensions: 3,
    })
    expect(floats.data.map(({ embedding }: { embedding: number[] }) => embedding.length)).toEqual([3, 3])
    expect(floats.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 })
    const packed = await answerOf('openai', '/v1/embeddings', { model: 'e', input: 'one', encoding_format: 'base64' })
    expect(Buffer.from(packed.data[0].embedding, 'base64')).toHaveLength(32)
  })
})

describe('openrouter', () => {
  it('reports usage and cost, asked or not', async () => {
    const { text, events } = await eventsOf('openrouter', '/api/v1/chat/completions', chat({ stream: true }))
    expect(text.startsWith(': OPENROUTER PROCESSING\n\n')).toBe(true)
    // 24 x 100 + 46 x 400 nano-USD
    expect(events.at(-1).usage).toMatchObject({ prompt_tokens: 24, completion_tokens: 46, cost: 0.0000208 })
  })
})

describe('output limits', () => {
  it.each([
    ['anthropic', '/v1/messages', messages({ max_tokens: 5 }), ['stop_reason', 'max_tokens'], 'output_tokens'],
    [
      'openai',
      '/v1/chat/completions',
      chat({ max_completion_tokens: 5 }),
      ['finish_reason', 'length'],
      'completion_tokens',
    ],
    ['openai', '/v1/responses', responses({ max_output_tokens: 5 }), ['status', 'incomplete'], 'output_tokens'],
    [
      'openrouter',
      '/api/v1/chat/completions',
      chat({ max_tokens: 5 }),
      ['finish_reason', 'length'],
      'completion_tokens',
    ],
  ] as const)('are never exceeded: %s %s', async (slug, path, body, [name, value], meter) => {
    const answer = await answerOf(slug, path, body)
    expect(answer.usage[meter]).toBe(5)
    expect(JSON.stringify(answer)).toContain(`"${name}":"${value}"`)
  })
})

describe('refusals', () => {
  it.each([
    ['anthropic', '/v1/messages', 401, { type: 'error', error: { type: 'authentication_error' } }],
    ['openai', '/v1/chat/completions', 401, { error: { code: 'invalid_api_key' } }],
    ['openrouter', '/api/v1/chat/completions', 401, { error: { code: 401 } }],
  ] as const)('a wrong credential: %s', async (slug, path, status, shape) => {
    const answer = await call(slug, path, messages(), 'another-key')
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject(shape)
  })

  it.each([
    ['anthropic', '/v1/unheard-of', { type: 'error', error: { type: 'not_found_error' } }],
    ['openai', '/v1/unheard-of', { error: { type: 'invalid_request_error' } }],
    ['openrouter', '/v1/chat/completions', { error: { code: 404 } }],
  ] as const)('a route that does not exist: %s %s', async (slug, path, shape) => {
    const answer = await call(slug, path, messages())
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject(shape)
  })

  it.each([
    ['anthropic', '/v1/messages', '{"model":'],
    ['anthropic', '/v1/messages', { model: 'claude-x', messages: [user] }],
    ['openai', '/v1/responses', { input: 'no model' }],
    ['openrouter', '/api/v1/chat/completions', 'null'],
  ] as const)('a body that a provider would not take: %s %s %o', async (slug, path, body) => {
    expect((await call(slug, path, body)).status).toBe(400)
  })

  it('counts what arrived', async () => {
    await call('openai', '/v1/models')
    await call('openai', '/v1/models', undefined, 'another-key')
    expect(upstream.requestCount()).toBe(2)
  })
})
