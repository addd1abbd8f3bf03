import { describe, expect, it } from 'vitest'
import { createUsageReader } from '../reader/create-usage-reader.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const readJson = (body: object) => {
  const reader = createUsageReader({ wireFormat: 'anthropic-messages', contentType: 'json' })
  reader.push(bytes(JSON.stringify(body)))
  return reader.read()
}

const readStream = (...events: readonly { readonly type: string }[]) => {
  const reader = createUsageReader({ wireFormat: 'anthropic-messages', contentType: 'sse' })
  for (const event of events) reader.push(bytes(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`))
  return reader.read()
}

const message = (change: object = {}) => ({
  type: 'message',
  model: 'served',
  stop_reason: 'end_turn',
  content: [],
  usage: { input_tokens: 10, output_tokens: 5 },
  ...change,
})
const started = { type: 'message_start', message: message({ stop_reason: null, model: 'asked' }) }
const stopped = (usage: object, stop_reason = 'end_turn') => ({ type: 'message_delta', delta: { stop_reason }, usage })
const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })

describe('several models in one answer', () => {
  const declined = { type: 'message', model: 'asked', input_tokens: 9, output_tokens: 4 }
  const served = { type: 'fallback_message', model: 'served', input_tokens: 10, output_tokens: 5 }
  const usage = { input_tokens: 10, output_tokens: 5, iterations: [declined, served] }
  const expected = {
    usage: { quantities: { input: 10, output: 5 } },
    served: { model: 'served' },
    extraUsage: [{ kind: 'declined_message', model: 'asked', quantities: { input: 9, output: 4 } }],
    flags: ['iteration_model:asked'],
  }

  it('bills what a model wrote before it declined as that model (JSON)', () => {
    expect(readJson(message({ usage }))).toMatchObject(expected)
  })

  it('does so in a stream, which begins with the name of the one that was asked', () => {
    const switched = block(1, { type: 'fallback', from: { model: 'asked' }, to: { model: 'served' } })
    expect(readStream(started, switched, stopped(usage))).toMatchObject(expected)
    expect(readStream(started, switched)).toMatchObject({ served: { model: 'served' } })
    expect(readStream(started, stopped(usage))).toMatchObject({ served: { model: 'served' } })
  })

  it('bills nothing of a model that declined before any output', () => {
    const iterations = [{ ...declined, output_tokens: 0 }, served]
    expect(readJson(message({ usage: { ...usage, iterations } }))).not.toHaveProperty('extraUsage')
  })

  it('bills the own passes of the serving model once', () => {
    const iterations = [{ ...declined, model: 'served' }, served]
    expect(readJson(message({ usage: { ...usage, iterations } }))).not.toHaveProperty('extraUsage')
  })
})

describe('a refusal', () => {
  const refusal = (output_tokens: number) =>
    message({ stop_reason: 'refusal', usage: { input_tokens: 10, cache_read_input_tokens: 7, output_tokens } })

  it('before any output is not billed', () => {
    const unbilled = { usage: { quantities: { input: 0, output: 0 } }, final: true, flags: ['refusal_unbilled'] }
    expect(readJson(refusal(0))).toMatchObject(unbilled)
    const stream = readStream(started, stopped({ output_tokens: 0 }, 'refusal'))
    expect(stream).toMatchObject({ ...unbilled, usage: { quantities: { input: 0, output: 0 } } })
  })

  it('after output is', () => {
    expect(readJson(refusal(1))).toMatchObject({ usage: { quantities: { input: 10, cache_read: 7, output: 1 } } })
  })

  it('is none for another reason to stop', () => {
    const stopped = message({ stop_reason: 'max_tokens', usage: { input_tokens: 10, output_tokens: 0 } })
    expect(readJson(stopped)).toMatchObject({ usage: { quantities: { input: 10, output: 0 } }, flags: [] })
  })
})

describe('runs of code', () => {
  const use = (name: string) => ({ type: 'server_tool_use', name, id: 'srvtoolu_1', input: {} })
  const content = [
    use('code_execution'),
    use('bash_code_execution'),
    use('text_editor_code_execution'),
    use('web_search'),
    { type: 'tool_use', name: 'code_execution' },
    { type: 'text', text: 'server_tool_use code_execution' },
  ]

  it('are counted from the blocks of an answer', () => {
    expect(readJson(message({ content })).usage?.quantities).toEqual({ input: 10, output: 5, code_execution: 3 })
    expect(readJson(message()).usage?.quantities).toEqual({ input: 10, output: 5 })
  })

  it('are counted while a stream passes, each once', () => {
    const blocks = content.map((content_block, index) => block(index, content_block))
    const quantities = { input: 10, output: 6, code_execution: 3 }
    expect(readStream(started, ...blocks, ...blocks, stopped({ output_tokens: 6 })).usage?.quantities).toEqual(
      quantities,
    )
  })
})
