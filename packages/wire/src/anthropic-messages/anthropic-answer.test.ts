import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'

const format = 'anthropic-messages'
const start = (usage: object) => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', model: 'claude-test-1', content: [], usage },
})
const text = (value: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: value },
})
const delta = (usage: object) => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage })
const stop = { type: 'message_stop' }
const message = (usage: object) => ({ ...start(usage).message, stop_reason: 'end_turn' })

const fullUsage = {
  input_tokens: 10,
  cache_creation_input_tokens: 300,
  cache_read_input_tokens: 40,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 3 },
  server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
  service_tier: 'priority',
  speed: 'fast',
  inference_geo: 'us',
}

const fullReading = {
  usage: {
    quantities: {
      input: 10,
      cache_read: 40,
      cache_write_5m: 100,
      cache_write_1h: 200,
      output: 7,
      web_search: 2,
      web_fetch: 1,
    },
    reasoning: 3,
  },
  reported: { cacheWriteTotal: 300, cacheWrite5m: 100, cacheWrite1h: 200 },
  served: { model: 'claude-test-1', serviceTier: 'priority', speed: 'fast', region: 'us' },
  responseId: 'msg_1',
  complete: true,
  pending: false,
  failed: false,
  flags: [],
}

describe('an Anthropic answer', () => {
  it('has disjoint quantities, and names what was served', () => {
    expect(readBody(format, message(fullUsage))).toMatchObject(fullReading)
  })

  it('means the same as a stream', () => {
    const { output_tokens, ...atStart } = fullUsage
    const stream = streamOf(
      start({ ...atStart, output_tokens: 1 }),
      { type: 'ping' },
      text('hi'),
      delta({ output_tokens }),
      stop,
    )
    expect(readStream(format, stream)).toMatchObject(fullReading)
  })

  it('takes the last report of each field, sums nothing, and keeps what a null does not replace', () => {
    const last = delta({ input_tokens: 25, output_tokens: 9, cache_read_input_tokens: null })
    const stream = streamOf(start(fullUsage), delta({ output_tokens: 5 }), last, last, stop)
    expect(readStream(format, stream).usage?.quantities).toMatchObject({ input: 25, cache_read: 40, output: 9 })
  })

  it('is not complete before message_stop, and reports what is known by then', () => {
    const cut = streamOf(start({ input_tokens: 10, output_tokens: 1 }), text('hello'))
    expect(readStream(format, cut)).toMatchObject({
      usage: { quantities: { input: 10, output: 1 } },
      complete: false,
    })
    expect(readStream(format, `${cut}data: {"type":"message_stop"}`).complete).toBe(true)
    expect(readStream(format, `${cut}data: {"type":"message_stop"`).complete).toBe(false)
  })

  it.each<[string, object, object, readonly string[]]>([
    ['a split that adds up', { total: 30, five: 10, hour: 20 }, { cache_write_5m: 10, cache_write_1h: 20 }, []],
    [
      'a rest goes to 5m',
      { total: 50, five: 10, hour: 20 },
      { cache_write_5m: 30, cache_write_1h: 20 },
      ['split_mismatch'],
    ],
    [
      'the total caps the split',
      { total: 15, five: 10, hour: 20 },
      { cache_write_5m: 0, cache_write_1h: 15 },
      ['split_mismatch'],
    ],
    ['without a split all is 5m', { total: 30 }, { cache_write_5m: 30 }, ['split_absent']],
    ['without a total the split counts', { five: 10, hour: 20 }, { cache_write_5m: 10, cache_write_1h: 20 }, []],
    ['nothing written', { total: 0, five: 0, hour: 0 }, { cache_write_5m: 0, cache_write_1h: 0 }, []],
    ['nothing written, no split', { total: 0 }, { cache_write_5m: 0 }, []],
    ['nothing known', {}, {}, []],
  ])('cache writes: %s', (_, writes, quantities, flags) => {
    const { total, five, hour } = writes as { total?: number; five?: number; hour?: number }
    const usage = {
      cache_creation_input_tokens: total ?? null,
      cache_creation: five === undefined ? null : { ephemeral_5m_input_tokens: five, ephemeral_1h_input_tokens: hour },
    }
    const reading = readBody(format, message(usage))
    expect(reading.usage?.quantities).toEqual(quantities)
    expect(reading.flags).toEqual(flags)
  })

  it('lays passes that the totals do not include beside them', () => {
    const pass = (type: string, input: number, output: number, model?: string) => ({
      type,
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      ...(model === undefined ? {} : { model }),
    })
    const iterations = [
      pass('compaction', 180, 35),
      pass('message', 23, 10),
      pass('advisor_message', 50, 5, 'claude-advisor-1'),
      pass('dream', 1, 1),
    ]
    const reading = readStream(
      format,
      streamOf(start({ input_tokens: 1 }), delta({ input_tokens: 23, output_tokens: 10, iterations }), stop),
    )
    expect(reading.usage?.quantities).toMatchObject({ input: 23, output: 10 })
    expect(reading.extraUsage).toEqual([
      { kind: 'compaction', quantities: { input: 180, cache_read: 0, cache_write_5m: 0, output: 35 } },
      {
        kind: 'advisor_message',
        model: 'claude-advisor-1',
        quantities: { input: 50, cache_read: 0, cache_write_5m: 0, output: 5 },
      },
    ])
    expect(reading.flags).toEqual([
      'iteration_compaction',
      'iteration_model:claude-advisor-1',
      'unknown_iteration:dream',
    ])
  })

  it('raises a finding for a number under an unknown key, unless it is 0', () => {
    const usage = { input_tokens: 1, dream_tokens: 5, nap_tokens: 0, server_tool_use: { teleport_requests: 1 } }
    expect(readBody(format, message(usage)).flags).toEqual([
      'unknown_usage_key:dream_tokens',
      'unknown_usage_key:server_tool_use.teleport_requests',
    ])
  })

  it.each([-1, 1.5, '12', true])('leaves out %j as a count, and says so', (count) => {
    const reading = readBody(format, message({ input_tokens: 1, output_tokens: count }))
    expect(reading.usage?.quantities).toEqual({ input: 1 })
    expect(reading.flags).toEqual(['bad_usage_value:output_tokens'])
  })

  it('an error event makes the answer failed', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'no' } }
    expect(readStream(format, streamOf(start({ input_tokens: 3 }), error))).toMatchObject({
      failed: true,
      complete: false,
      usage: { quantities: { input: 3 } },
    })
    expect(readBody(format, error)).toMatchObject({ failed: true, complete: true, visibleOutputBytes: 0 })
  })

  it('counts text, thinking and tool arguments as visible output, and nothing else', () => {
    const deltas = [
      text('12345'),
      { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: '123' } },
      { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_delta', delta: { type: 'signature_delta', signature: 'x'.repeat(99) } },
      { type: 'content_block_delta', delta: { type: 'citations_delta', citation: { cited_text: 'x'.repeat(99) } } },
    ]
    const bare = readStream(format, streamOf(start({}), text('')))
    const frame = readStream(format, streamOf(start({}), text('1'))).visibleOutputBytes - 1
    expect(bare.visibleOutputBytes).toBe(0)
    expect(readStream(format, streamOf(start({}), ...deltas)).visibleOutputBytes).toBe(frame + 10)
  })

  it('a key named like a prototype member does no harm', () => {
    const stream = streamOf(start({ input_tokens: 1 }), 'X', stop).replace(
      'data: X',
      'data: {"type":"message_delta","usage":{"__proto__":{"output_tokens":9},"constructor":1,"output_tokens":2}}',
    )
    expect(readStream(format, stream).usage?.quantities).toEqual({ input: 1, output: 2 })
    expect(({} as Record<string, unknown>)['output_tokens']).toBeUndefined()
  })
})
