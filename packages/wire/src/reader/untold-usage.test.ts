import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'

const anthropicStream = (start: object, end: object) =>
  streamOf(
    { type: 'message_start', message: { id: 'msg_1', type: 'message', model: 'm', usage: start } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: end },
    { type: 'message_stop' },
  )
const chatStream = (...usages: readonly object[]) =>
  streamOf(...usages.map((usage) => ({ model: 'm', choices: [], usage })), '[DONE]')
const responsesStream = (...usages: readonly object[]) =>
  streamOf(
    ...usages.map((usage, index) => ({
      type: index === usages.length - 1 ? 'response.completed' : 'response.in_progress',
      response: { id: 'resp_1', model: 'm', usage },
    })),
  )
const geminiStream = (...usages: readonly object[]) =>
  streamOf(
    ...usages.map((usageMetadata) => ({
      modelVersion: 'm',
      candidates: [{ index: 0, finishReason: 'STOP' }],
      usageMetadata,
    })),
  )

describe('a zero that comes after a count takes nothing back', () => {
  it.each([
    [
      'anthropic-messages',
      anthropicStream({ input_tokens: 100, output_tokens: 1 }, { input_tokens: 0, output_tokens: 7 }),
      { input: 100, output: 7 },
      ['usage_lowered:input_tokens'],
    ],
    [
      'anthropic-messages',
      anthropicStream(
        { input_tokens: 100, cache_read_input_tokens: 40, cache_creation_input_tokens: 30, output_tokens: 1 },
        { input_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 7 },
      ),
      { input: 100, cache_read: 40, cache_write_5m: 30, output: 7 },
      [
        'usage_lowered:input_tokens',
        'usage_lowered:cache_read_input_tokens',
        'usage_lowered:cache_creation_input_tokens',
        'split_absent',
      ],
    ],
    [
      'anthropic-messages',
      anthropicStream({ input_tokens: 9, output_tokens: 5 }, { output_tokens: 0 }),
      { input: 9, output: 5 },
      ['usage_lowered:output_tokens'],
    ],
    [
      'openai-chat',
      chatStream(
        { prompt_tokens: 100, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 60 } },
        { prompt_tokens: 0, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 0 } },
      ),
      { input: 40, cache_read: 60, output: 9 },
      ['usage_lowered:prompt_tokens'],
    ],
    [
      'openai-chat',
      chatStream({ prompt_tokens: 10, completion_tokens: 3 }, { prompt_tokens: 0, completion_tokens: 0 }),
      { input: 10, output: 3 },
      ['usage_lowered:prompt_tokens', 'usage_lowered:completion_tokens'],
    ],
    [
      'openai-responses',
      responsesStream({ input_tokens: 80, output_tokens: 1 }, { input_tokens: 0, output_tokens: 4 }),
      { input: 80, output: 4 },
      ['usage_lowered:input_tokens'],
    ],
    [
      'gemini-generate',
      geminiStream(
        { promptTokenCount: 50, candidatesTokenCount: 1, thoughtsTokenCount: 8 },
        { promptTokenCount: 0, candidatesTokenCount: 5, thoughtsTokenCount: 0 },
      ),
      { input: 50, output: 13 },
      ['usage_lowered:promptTokenCount', 'usage_lowered:thoughtsTokenCount'],
    ],
  ] as const)('%s %#', (format, stream, quantities, flags) => {
    for (const size of [1, 7, 10_000]) {
      const reading = readStream(format, stream, size)
      expect(reading.usage?.quantities).toEqual(quantities)
      expect(reading.flags).toEqual(flags)
      expect(reading.untold).toBeUndefined()
    }
  })

  it('a count that moved to the cache is no loss, and a smaller count replaces a larger one', () => {
    const moved = { input_tokens: 0, cache_read_input_tokens: 100, output_tokens: 7 }
    const cached = readStream('anthropic-messages', anthropicStream({ input_tokens: 100, output_tokens: 1 }, moved))
    expect(cached).toMatchObject({ usage: { quantities: { input: 0, cache_read: 100, output: 7 } }, flags: [] })
    const smaller = anthropicStream({ input_tokens: 100, output_tokens: 1 }, { input_tokens: 25, output_tokens: 7 })
    expect(readStream('anthropic-messages', smaller).usage?.quantities.input).toBe(25)
  })
})

const message = (usage: object) => ({ id: 'msg_1', type: 'message', model: 'm', stop_reason: 'end_turn', usage })
const chat = (usage: object) => ({ model: 'm', choices: [], usage })
const gemini = (usageMetadata: object) => ({ modelVersion: 'm', candidates: [], usageMetadata })

/** What may stand in the place of a count without being one. */
const noCounts = [null, undefined, '5', -1, 1.5, 9007199254740992, true, [5], {}]

describe('output that is no whole number is untold, not 0', () => {
  it.each(noCounts)('%j', (bad) => {
    expect(readBody('anthropic-messages', message({ input_tokens: 9, output_tokens: bad })).untold).toEqual(['output'])
    expect(readBody('openai-chat', chat({ prompt_tokens: 9, completion_tokens: bad })).untold).toEqual(['output'])
    expect(readBody('openai-responses', { model: 'm', usage: { input_tokens: 9, output_tokens: bad } }).untold).toEqual(
      ['output'],
    )
    expect(readBody('openai-transcription', { usage: { input_tokens: 9, output_tokens: bad } }).untold).toEqual([
      'output',
    ])
    const geminiUsage = { promptTokenCount: 9, candidatesTokenCount: bad, totalTokenCount: 20 }
    expect(readBody('gemini-generate', gemini(geminiUsage)).untold).toEqual(['output'])
  })

  it.each(noCounts)('at the end of a stream that began with one: %j', (bad) => {
    const stream = anthropicStream({ input_tokens: 9, output_tokens: 1 }, { output_tokens: bad })
    expect(readStream('anthropic-messages', stream)).toMatchObject({ final: true, untold: ['output'] })
  })

  it('a stream that ends without a second report tells no output', () => {
    const stream = streamOf(
      { type: 'message_start', message: { model: 'm', usage: { input_tokens: 9, output_tokens: 1 } } },
      { type: 'message_stop' },
    )
    expect(readStream('anthropic-messages', stream)).toMatchObject({ complete: true, untold: ['output'] })
  })

  it('Gemini leaves out what is 0, and a total that adds up says so', () => {
    const told = readBody('gemini-generate', gemini({ promptTokenCount: 9, totalTokenCount: 9 }))
    expect(told.untold).toBeUndefined()
    const thought = { promptTokenCount: 9, thoughtsTokenCount: 4, totalTokenCount: 13 }
    expect(readBody('gemini-generate', gemini(thought))).not.toHaveProperty('untold')
    expect(readBody('gemini-generate', gemini({ promptTokenCount: 9 })).untold).toEqual(['output'])
  })

  it('an embedding has no output to tell', () => {
    const body = { model: 'm', usage: { prompt_tokens: 9, total_tokens: 9 } }
    expect(readBody('openai-embeddings', body)).not.toHaveProperty('untold')
  })
})

describe('a count inside that is no whole number leaves its side untold', () => {
  it.each([
    [
      'openai-chat',
      chat({ prompt_tokens: 9, completion_tokens: 5, completion_tokens_details: { audio_tokens: '3' } }),
      'output',
    ],
    [
      'openai-chat',
      chat({ prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 1.5 } }),
      'input',
    ],
    [
      'openai-responses',
      { usage: { input_tokens: 9, output_tokens: 5, output_tokens_details: { reasoning_tokens: -1 } } },
      'output',
    ],
    [
      'openai-responses',
      { usage: { input_tokens: 9, output_tokens: 5, input_tokens_details: { audio_tokens: '9' } } },
      'input',
    ],
    [
      'anthropic-messages',
      message({ input_tokens: 9, output_tokens: 5, cache_creation: { ephemeral_1h_input_tokens: '7' } }),
      'input',
    ],
    [
      'anthropic-messages',
      message({ input_tokens: 9, output_tokens: 5, output_tokens_details: { thinking_tokens: 0.5 } }),
      'output',
    ],
    [
      'anthropic-messages',
      message({ input_tokens: 9, output_tokens: 5, server_tool_use: { web_search_requests: '2' } }),
      'input',
    ],
    [
      'anthropic-messages',
      message({
        input_tokens: 9,
        output_tokens: 5,
        iterations: [{ type: 'compaction', input_tokens: 3, output_tokens: null }],
      }),
      'output',
    ],
    [
      'gemini-generate',
      gemini({
        promptTokenCount: 9,
        candidatesTokenCount: 5,
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: '5' }],
      }),
      'output',
    ],
    [
      'openai-transcription',
      { usage: { input_tokens: 9, output_tokens: 5, input_token_details: { audio_tokens: 0.5 } } },
      'input',
    ],
  ] as const)('%s %#', (format, body, side) => {
    const reading = readBody(format, body)
    expect(reading.untold).toEqual([side])
    expect(reading.flags.join()).toContain('bad_usage_value:')
  })

  it('null and absent details say nothing, and their total stands', () => {
    const details = { prompt_tokens_details: null, completion_tokens_details: { audio_tokens: null } }
    const reading = readBody('openai-chat', chat({ prompt_tokens: 9, completion_tokens: 5, ...details }))
    expect(reading).toMatchObject({ usage: { quantities: { input: 9, output: 5 } }, flags: [] })
    expect(reading).not.toHaveProperty('untold')
  })
})

describe('parts of 0 below a total that is not', () => {
  it.each([
    ['openai-chat', chat({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 50 })],
    ['openai-responses', { usage: { input_tokens: 0, output_tokens: 0, total_tokens: 50 } }],
    ['openai-embeddings', { usage: { prompt_tokens: 0, total_tokens: 50 } }],
    ['anthropic-messages', message({ input_tokens: 0, output_tokens: 0, total_tokens: 50 })],
    ['gemini-generate', gemini({ promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 50 })],
    ['openai-transcription', { usage: { input_tokens: 0, output_tokens: 0, total_tokens: 50 } }],
  ] as const)('%s is flagged, and tells nothing', (format, body) => {
    const reading = readBody(format, body)
    expect(reading.flags).toContain('total_mismatch')
    expect(reading.untold).toContain('input')
  })
})
