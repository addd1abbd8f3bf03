import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'

const format = 'openai-chat'
const chunk = (fields: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-test-1',
  service_tier: 'default',
  ...fields,
})
const content = (value: string) => chunk({ choices: [{ index: 0, delta: { content: value } }], usage: null })
const usageChunk = (usage: object) => chunk({ choices: [], usage })
const body = (usage: object, message: object = { role: 'assistant', content: 'hi' }) => ({
  ...chunk({ object: 'chat.completion' }),
  choices: [{ index: 0, message, finish_reason: 'stop' }],
  usage,
})

const usage = (prompt: object, completion: object = {}) => ({
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: prompt,
  completion_tokens_details: completion,
})

describe('an OpenAI chat answer', () => {
  it.each<[string, object, object, object]>([
    ['nothing cached', {}, {}, { input: 100, output: 50 }],
    ['a cached part', { cached_tokens: 64 }, {}, { input: 36, cache_read: 64, output: 50 }],
    [
      'a part written to the cache',
      { cached_tokens: 0, cache_write_tokens: 90 },
      {},
      { input: 10, cache_read: 0, cache_write_5m: 90, output: 50 },
    ],
    ['audio in', { audio_tokens: 25 }, {}, { input: 75, input_audio: 25, output: 50 }],
    [
      'cached audio',
      { cached_tokens: 30, audio_tokens: 25, cached_tokens_details: { audio_tokens: 20 } },
      {},
      { input: 65, cache_read: 10, cache_read_audio: 20, input_audio: 5, output: 50 },
    ],
    ['images in', { image_tokens: 70 }, {}, { input: 30, input_image: 70, output: 50 }],
    ['audio out', {}, { audio_tokens: 40 }, { input: 100, output: 10, output_audio: 40 }],
    ['an image out', {}, { image_tokens: 45 }, { input: 100, output: 5, output_image: 45 }],
    ['zeros', { audio_tokens: 0, image_tokens: 0 }, { audio_tokens: 0 }, { input: 100, output: 50 }],
  ])('has disjoint quantities: %s', (_, prompt, completion, quantities) => {
    const reading = readBody(format, body(usage(prompt, completion)))
    expect(reading.usage?.quantities).toEqual(quantities)
    expect(reading.flags).toEqual([])
    const stream = streamOf(content('hi'), usageChunk(usage(prompt, completion)), '[DONE]')
    expect(readStream(format, stream).usage).toEqual(reading.usage)
  })

  it('never has parts that add up to more than the whole', () => {
    const reading = readBody(format, body(usage({ cached_tokens: 90, cache_write_tokens: 30 })))
    expect(reading.usage?.quantities).toEqual({ input: 0, cache_read: 90, cache_write_5m: 10, output: 50 })
    expect(reading.flags).toEqual(['details_exceed_total'])
  })

  it('has reasoning inside the output', () => {
    const reading = readBody(format, body(usage({}, { reasoning_tokens: 30 })))
    expect(reading.usage).toEqual({ quantities: { input: 100, output: 50 }, reasoning: 30 })
  })

  it('names what was served, from the first chunk on', () => {
    expect(readStream(format, streamOf(content('')))).toMatchObject({
      served: { model: 'gpt-test-1', serviceTier: 'default' },
      responseId: 'chatcmpl-1',
      complete: false,
    })
  })

  it('ends with [DONE], with or without usage', () => {
    const ended = readStream(format, streamOf(content('hi'), '[DONE]'))
    expect(ended).toMatchObject({ complete: true, failed: false })
    expect(ended.usage).toBeUndefined()
    expect(readStream(format, `${streamOf(content('hi'))}data: [DONE]`).complete).toBe(true)
  })

  it('reads chunks without choices, comments and CRLF', () => {
    const stream = `: PROCESSING\n\n${streamOf(chunk({ usage: null }), usageChunk(usage({})), '[DONE]')}`
    expect(readStream(format, stream.replaceAll('\n', '\r\n'))).toMatchObject({
      usage: { quantities: { input: 100, output: 50 } },
      complete: true,
      flags: [],
    })
  })

  it.each([
    ['beside the choices', chunk({ choices: [], error: { code: 502, message: 'no' } })],
    ['inside a choice', chunk({ choices: [{ delta: {}, error: { code: 502, message: 'no' } }] })],
    ['alone', { error: 'no' }],
  ])('an error %s makes the answer failed', (_, error) => {
    expect(readStream(format, streamOf(content(''), error))).toMatchObject({ failed: true, visibleOutputBytes: 0 })
    expect(readBody(format, error).failed).toBe(true)
  })

  it('a refusal to call a tool "error" is no error', () => {
    expect(readStream(format, streamOf(content('"error":{"code":1}'), '[DONE]')).failed).toBe(false)
  })

  it('a citation of a page is one web search, in a body and in a stream', () => {
    const annotations = [{ type: 'url_citation' }, { type: 'url_citation' }]
    const file = [{ type: 'file' }]
    const streamed = streamOf(chunk({ choices: [{ delta: { annotations } }] }), usageChunk(usage({})), '[DONE]')
    expect(readStream(format, streamed).usage?.quantities.web_search).toBe(1)
    expect(readBody(format, body(usage({}), { annotations })).usage?.quantities.web_search).toBe(1)
    expect(readBody(format, body(usage({}), { annotations: file })).usage?.quantities.web_search).toBeUndefined()
  })

  it("reads OpenRouter's cost to the last digit, and its count of searches before its own", () => {
    const routed =
      '{"prompt_tokens":1,"completion_tokens":2,"cost":1.4e-05,"is_byok":false,"cost_details":{"x":0.1},"server_tool_use_details":{"web_search_requests":3,"tool_calls_executed":3}}'
    const text = JSON.stringify(body({}, { annotations: [{ type: 'url_citation' }] })).replace(
      '"usage":{}',
      `"usage":${routed}`,
    )
    expect(readBody(format, text)).toMatchObject({
      usage: { quantities: { input: 1, output: 2, web_search: 3 }, reportedCostUsd: '0.000014' },
      flags: [],
    })
    const exact = text.replace('1.4e-05', '0.00765091690000000512345')
    expect(readBody(format, exact).usage?.reportedCostUsd).toBe('0.00765091690000000512345')
  })

  it("tells the provider's bill for a key of the operator from OpenRouter's fee", () => {
    const routed = (details: object) =>
      readBody(format, body({ prompt_tokens: 1, completion_tokens: 2, cost: 0.5, is_byok: true, ...details }))
    const both = routed({ cost_details: { upstream_inference_cost: 1e-7 } })
    expect(both).toMatchObject({ usage: { reportedCostUsd: '0.5' }, upstreamCostUsd: '0.0000001' })
    expect(routed({}).usage).not.toHaveProperty('reportedCostUsd')
    expect(routed({ is_byok: false })).toMatchObject({ usage: { reportedCostUsd: '0.5' } })
    expect(routed({ is_byok: false, cost_details: { upstream_inference_cost: 1 } })).not.toHaveProperty(
      'upstreamCostUsd',
    )
  })

  it('counts text, refusals, reasoning, transcripts and tool arguments as visible output', () => {
    const deltas = [
      { content: '12345' },
      { refusal: '123' },
      { reasoning: '12', reasoning_details: [{ type: 'reasoning.text', text: '12' }] },
      { audio: { transcript: '1234' } },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ]
    const frame = readStream(format, streamOf(content('1'))).visibleOutputBytes - 1
    const chunks = deltas.map((delta) => chunk({ choices: [{ index: 0, delta }] }))
    expect(readStream(format, streamOf(...chunks)).visibleOutputBytes).toBe(frame + 18)
  })
})

describe('an OpenAI embeddings answer', () => {
  it('has input only', () => {
    const answer = {
      object: 'list',
      data: [{ embedding: [0.1] }],
      model: 'embed-1',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    }
    expect(readBody('openai-embeddings', answer)).toMatchObject({
      usage: { quantities: { input: 4 } },
      served: { model: 'embed-1' },
      complete: true,
      flags: [],
    })
  })
})
