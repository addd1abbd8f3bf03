import { type Meter, meters, wireFormatNames } from '@vendo/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'
import { encodeText } from '../bytes/ascii.ts'
import { createUsageReader } from './create-usage-reader.ts'

const usageEvent = { model: 'm', choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }

/** A count as a provider writes it, or does not. */
const count = fc.constantFrom('7', '0', '-1', '1.5', '1e3', '1e400', '9007199254740993', '"3"', 'null', '{}')

const usageNames = [
  ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'seconds', 'audio_tokens'],
  ...['promptTokenCount', 'candidatesTokenCount', 'cache_creation_input_tokens', 'prompt_tokens_details'],
]
const usage = fc.dictionary(fc.constantFrom(...usageNames), count).map((counts) => {
  const written = `{"type":"duration",${Object.entries(counts).map(([name, number]) => `"${name}":${number},`)}"x":1}`
  return written.replaceAll(',,', ',')
})
/** An answer with that usage wherever a format may have it. */
const answer = usage.map(
  (counts) =>
    `{"type":"response.completed","usage":${counts},"usageMetadata":${counts},"response":{"usage":${counts}},"message":{"usage":${counts}}}`,
)

describe('createUsageReader', () => {
  it.each(wireFormatNames)(
    '%s: never throws, whatever the bytes are, and counts nothing but whole numbers',
    (wireFormat) => {
      const words = fc.constantFrom(
        ...[
          'data: ',
          '\n',
          '\n\n',
          '\r',
          '{',
          '}',
          '[',
          ']',
          '"',
          '\\',
          ':',
          ',',
          'null',
          '1e400',
          '"usage"',
          '"type"',
        ],
        ...['"error"', '"message_stop"', '"response.completed"', '"response"', '"message"', '"output"', '\u0000', 'ü'],
      )
      const noise = fc.array(fc.oneof(words, fc.string({ maxLength: 3 })), { maxLength: 60 })
      const sound = fc.array(
        fc.oneof(
          answer,
          answer.map((text) => `data: ${text}\n\n`),
        ),
        { minLength: 1, maxLength: 3 },
      )
      let counted = 0
      fc.assert(
        fc.property(fc.oneof(noise, sound), fc.boolean(), (parts, sse) => {
          const reader = createUsageReader({ wireFormat, contentType: sse ? 'sse' : 'json' })
          for (const part of parts) {
            reader.push(encodeText(part))
            reader.read()
          }
          const quantities = Object.entries(reader.read().usage?.quantities ?? {})
          counted += quantities.length
          const wrong = quantities.filter(
            ([meter, quantity]) => !meters.includes(meter as Meter) || !Number.isSafeInteger(quantity) || quantity < 0,
          )
          expect(wrong).toEqual([])
        }),
        { numRuns: 600, seed: 20_261_201 },
      )
      expect(counted).toBeGreaterThan(25)
    },
  )

  it.each([
    ['HTML', '<html><body>Bad gateway</body></html>'],
    ['a truncated body', '{"id":"x","usage":{"prompt_tokens":1'],
    ['a list', '[{"error":{}}]'],
    ['text', 'upstream connect error'],
  ])('%s instead of JSON is unreadable, and has no usage', (_, body) => {
    const reading = readBody('openai-chat', body)
    expect(reading).toMatchObject({ complete: false, flags: ['unreadable_body'] })
    expect(reading.usage).toBeUndefined()
  })

  it('HTML instead of an event stream is unreadable', () => {
    expect(readStream('openai-chat', '<html>\n<body>Bad gateway</body>\n</html>\n')).toMatchObject({
      complete: false,
      flags: ['unreadable_body'],
    })
  })

  it('nothing at all is incomplete, without a finding', () => {
    const no = { complete: false, final: false, pending: false, failed: false }
    const empty = { ...no, flags: [], visibleOutputBytes: 0, served: {} }
    expect(readBody('openai-chat', '')).toEqual(empty)
    expect(readStream('anthropic-messages', '')).toEqual(empty)
  })

  it('a malformed event is noted, and the next one is read', () => {
    const stream = `data: {"usage":{"a":1}\n\n${streamOf(usageEvent, '[DONE]')}`
    expect(readStream('openai-chat', stream)).toMatchObject({
      usage: { quantities: { input: 1, output: 2 } },
      complete: true,
      flags: ['unreadable_event'],
    })
  })

  it('half an event is not yet read, and harms nothing', () => {
    const half = streamOf({ model: 'm', choices: [] }) + streamOf(usageEvent).slice(0, -20)
    const reading = readStream('openai-chat', half)
    expect(reading).toMatchObject({ complete: false, flags: [] })
    expect(reading.usage).toBeUndefined()
  })

  it('can be asked in between, and again', () => {
    const reader = createUsageReader({ wireFormat: 'openai-chat', contentType: 'sse' })
    reader.push(encodeText('data: {"model":"m","usage":{"prompt_tokens":5}}'))
    expect(reader.read().usage?.quantities).toEqual({ input: 5 })
    expect(reader.read().usage?.quantities).toEqual({ input: 5 })
    reader.push(encodeText('\n\ndata: [DONE]\n\n'))
    expect(reader.read()).toMatchObject({ complete: true, usage: { quantities: { input: 5 } } })
  })

  it.each(['json', 'sse'] as const)('%s: reads anew only after another chunk', (contentType) => {
    const reader = createUsageReader({ wireFormat: 'openai-chat', contentType })
    expect(reader.read()).toBe(reader.read())
    reader.push(encodeText(contentType === 'json' ? JSON.stringify(usageEvent) : streamOf(usageEvent)))
    expect(reader.read()).toMatchObject({ usage: { quantities: { input: 1 } } })
    expect(reader.read()).toBe(reader.read())
  })

  it('skips an event above the limit, and reads on', () => {
    const reader = createUsageReader({ wireFormat: 'openai-chat', contentType: 'sse', maxEventBytes: 200 })
    const large = { model: 'm', choices: [{ delta: { content: 'x'.repeat(500) } }] }
    reader.push(encodeText(streamOf(large, usageEvent, '[DONE]')))
    const reading = reader.read()
    expect(reading).toMatchObject({ complete: true, flags: ['event_too_large'], usage: { quantities: { input: 1 } } })
    expect(reading.visibleOutputBytes).toBeGreaterThan(500)
  })

  it('does not keep a body above the limit', () => {
    const reader = createUsageReader({ wireFormat: 'openai-chat', contentType: 'json', maxBodyBytes: 100 })
    for (let round = 0; round < 20; round++) reader.push(new Uint8Array(10).fill(0x20))
    expect(reader.read()).toMatchObject({ complete: false, flags: ['body_too_large'], visibleOutputBytes: 200 })
  })

  it('a body may start with a byte order mark and be spread over lines', () => {
    expect(readBody('openai-chat', `\uFEFF${JSON.stringify(usageEvent, null, 1)}\n`).usage?.quantities).toEqual({
      input: 1,
      output: 2,
    })
  })

  it('tells where an event may be inserted', () => {
    const reader = createUsageReader({ wireFormat: 'openai-chat', contentType: 'sse' })
    expect(reader.atEventBoundary).toBe(true)
    reader.push(encodeText('data: {}\n'))
    expect(reader.atEventBoundary).toBe(false)
    reader.push(encodeText('\n'))
    expect(reader.atEventBoundary).toBe(true)
    const body = createUsageReader({ wireFormat: 'openai-chat', contentType: 'json' })
    expect(body.atEventBoundary).toBe(true)
    body.push(encodeText('{'))
    expect(body.atEventBoundary).toBe(false)
  })
})

it.each(wireFormatNames)('%s: takes answers whose members cannot become text', (wireFormat) => {
  const odd = '{"toString":1,"valueOf":1}'
  const output = `[{"type":${odd},"id":${odd}}]`
  const event = `{"type":${odd},"id":${odd},"model":${odd},"output":${output},"choices":${output},"candidates":[{"index":${odd},"finishReason":${odd},"groundingMetadata":{"webSearchQueries":[${odd}]}}],"usage":{"iterations":${output},"service_tier":${odd}},"usageMetadata":{"serviceTier":${odd},"promptTokensDetails":[{"modality":${odd},"tokenCount":${odd}}]}}`
  expect(readBody(wireFormat, event).complete).toBe(true)
  expect(
    readStream(wireFormat, `data: ${event}\n\ndata: {"type":"response.completed","response":${event}}\n\n`).failed,
  ).toBe(false)
})

describe('usage is final before the end where nothing more can come', () => {
  const started = { type: 'message_start', message: { model: 'm', usage: { input_tokens: 9, output_tokens: 1 } } }
  const delta = (stop_reason: string | null) => ({
    type: 'message_delta',
    delta: { stop_reason },
    usage: { output_tokens: 5 },
  })
  const usage = { prompt_tokens: 1, completion_tokens: 2 }

  it.each([
    ['Anthropic: only begun', 'anthropic-messages', [started], false],
    ['Anthropic: still going', 'anthropic-messages', [started, delta(null)], false],
    ['Anthropic: stopped', 'anthropic-messages', [started, delta('end_turn')], true],
    ['chat: usage beside choices', 'openai-chat', [{ choices: [{ delta: {} }], usage }], false],
    ['chat: usage alone', 'openai-chat', [{ choices: [], usage }], true],
    ['chat: usage with its cost', 'openai-chat', [{ choices: [{ delta: {} }], usage: { ...usage, cost: 0.1 } }], true],
    ['responses: begun', 'openai-responses', [{ type: 'response.created', response: { usage } }], false],
    ['Gemini: going on', 'gemini-generate', [{ candidates: [{}], usageMetadata: { promptTokenCount: 1 } }], false],
  ] as const)('%s', (_, wireFormat, events, final) => {
    expect(readStream(wireFormat, streamOf(...events))).toMatchObject({ complete: false, final })
  })

  it('never without usage, and not while a background answer is pending', () => {
    expect(readStream('openai-chat', streamOf('[DONE]'))).toMatchObject({ complete: true, final: false })
    const queued = { status: 'queued', usage: { input_tokens: 1 } }
    expect(readBody('openai-responses', queued)).toMatchObject({ complete: true, pending: true, final: false })
  })
})

describe('what hides behind escapes is found all the same', () => {
  it.each([
    ['anthropic-messages', { content: [{ type: 'server_tool_use', name: 'bash_code_execution' }] }, 'code_execution'],
    ['openai-responses', { output: [{ type: 'web_search_call' }] }, 'web_search'],
    ['openai-chat', { choices: [{ message: { annotations: [{ type: 'url_citation' }] } }] }, 'web_search'],
  ] as const)('%s', (wireFormat, body, meter) => {
    const json = JSON.stringify({ ...body, usage: { output_tokens: 1 } })
    for (const spelled of [json, json.replaceAll('_', '\\u005f').replaceAll('\\u005ftokens', '_tokens')]) {
      expect(readBody(wireFormat, spelled).usage?.quantities).toMatchObject({ [meter]: 1 })
    }
  })

  it('openai-chat: a failed choice', () => {
    const json = '{"choices":[{"error":{"code":1}}]}'
    expect(readBody('openai-chat', json).failed).toBe(true)
    expect(readBody('openai-chat', json.replace('error', '\\u0065rror')).failed).toBe(true)
    expect(readBody('openai-chat', '{"choices":[{"message":{"content":"error"}}]}').failed).toBe(false)
  })
})
