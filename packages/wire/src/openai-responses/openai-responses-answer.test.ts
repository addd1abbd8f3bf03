import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'

const format = 'openai-responses'
const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 64 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 30 },
  total_tokens: 150,
}
const response = (fields: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  background: false,
  error: null,
  model: 'gpt-test-1',
  service_tier: 'default',
  output: [],
  usage,
  ...fields,
})
const working = { status: 'in_progress', usage: null, service_tier: 'auto' }
const created = { type: 'response.created', response: response(working) }
const ended = (fields: object = {}, type = 'response.completed') => ({ type, response: response(fields) })
const done = (item: object, index: number) => ({ type: 'response.output_item.done', output_index: index, item })

const reading = {
  usage: { quantities: { input: 36, cache_read: 64, output: 50 }, reasoning: 30 },
  served: { model: 'gpt-test-1', serviceTier: 'default' },
  responseId: 'resp_1',
  complete: true,
  pending: false,
  failed: false,
  flags: [],
}

describe('an OpenAI Responses answer', () => {
  it('means the same as a body and as a stream, which needs no [DONE]', () => {
    expect(readBody(format, response())).toMatchObject(reading)
    expect(readStream(format, streamOf(created, ended()))).toMatchObject(reading)
  })

  it.each([
    ['response.incomplete', false],
    ['response.failed', true],
  ])('%s ends the stream with its usage', (type, failed) => {
    const status = type.slice('response.'.length)
    const error = failed ? { code: 'server_error' } : null
    expect(readStream(format, streamOf(created, ended({ status, error }, type)))).toMatchObject({ ...reading, failed })
  })

  it('an error event makes the answer failed, and does not complete it', () => {
    expect(readStream(format, streamOf(created, { type: 'error', code: 'server_error', message: 'no' }))).toMatchObject(
      {
        failed: true,
        complete: false,
      },
    )
  })

  it.each(['queued', 'in_progress'])('a body that is %s is pending', (status) => {
    expect(readBody(format, response({ status, usage: null }))).toMatchObject({ pending: true, complete: true })
  })

  it('a stream that breaks off is pending only in the background', () => {
    const background = {
      type: 'response.queued',
      response: response({ ...working, status: 'queued', background: true }),
    }
    expect(readStream(format, streamOf(created)).pending).toBe(false)
    expect(readStream(format, streamOf(background)).pending).toBe(true)
    expect(readStream(format, streamOf(background, ended({ background: true }))).pending).toBe(false)
  })

  it('counts server tools from the output, once, whether from their events or from the end', () => {
    const items = [
      { type: 'web_search_call', id: 'ws_1', action: { type: 'search' } },
      { type: 'web_search_call', id: 'ws_2', action: { type: 'open_page' } },
      { type: 'web_search_call', id: 'ws_3' },
      { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1' },
      { type: 'code_interpreter_call', id: 'ci_2', container_id: 'cntr_1' },
      { type: 'file_search_call', id: 'fs_1' },
      { type: 'image_generation_call', id: 'ig_1' },
      { type: 'message', id: 'msg_1' },
      { type: 'function_call', id: 'fc_1' },
    ]
    const counted = { web_search: 2, code_execution: 1, file_search: 1, image_generation: 1 }
    const otherIds = items.map((item) => ({ ...item, id: `other_${item.id}` }))
    const events = items.map(done)
    expect(readBody(format, response({ output: items })).usage?.quantities).toMatchObject(counted)
    for (const output of [items, otherIds, []]) {
      const { quantities } = readStream(format, streamOf(created, ...events, ended({ output }))).usage ?? {}
      expect(quantities).toEqual({ ...reading.usage.quantities, ...counted })
    }
  })

  it('counts a hosted shell by its container, and none of the client', () => {
    const hosted = { type: 'shell_call', environment: { type: 'container_reference', container_id: 'cntr_1' } }
    const sameContainer = { type: 'code_interpreter_call', container_id: 'cntr_1' }
    const local = [
      { type: 'shell_call', environment: { type: 'local' } },
      { type: 'shell_call', environment: null },
    ]
    const uses = (...output: readonly object[]) =>
      readBody(format, response({ output })).usage?.quantities.code_execution
    expect(uses(hosted, hosted, sameContainer)).toBe(1)
    expect(uses(hosted, { ...hosted, environment: { ...hosted.environment, container_id: 'cntr_2' } })).toBe(2)
    expect(uses(...local)).toBeUndefined()
    expect(readStream(format, streamOf(created, done(hosted, 0), ended())).usage?.quantities.code_execution).toBe(1)
  })

  it('reads a compaction, and an answer that has no usage', () => {
    expect(readBody(format, { id: 'resp_2', object: 'response.compaction', output: [], usage })).toMatchObject({
      usage: reading.usage,
      complete: true,
    })
    const counted = readBody(format, { object: 'response.input_tokens', input_tokens: 12 })
    expect(counted).toMatchObject({ complete: true, flags: [] })
    expect(counted.usage).toBeUndefined()
  })

  it('counts deltas of text and arguments as visible output', () => {
    const frame = readStream(format, streamOf(created, { type: 'response.output_text.delta', delta: '1' }))
    const deltas = [
      { type: 'response.output_text.delta', delta: '12345' },
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.output_text.done', text: '12345' },
    ]
    expect(readStream(format, streamOf(created, ...deltas)).visibleOutputBytes).toBe(frame.visibleOutputBytes + 6)
  })
})
