import { describe, expect, it } from 'vitest'
import { readBody, readStream, streamOf } from '../../test/read-answer.ts'
import { createUsageReader } from '../index.ts'

const part = (usageMetadata: object | undefined, candidate: object = {}, more: object = {}) => ({
  candidates: [{ content: { parts: [{ text: 'Hi there' }], role: 'model' }, index: 0, ...candidate }],
  ...(usageMetadata === undefined ? {} : { usageMetadata }),
  modelVersion: 'gemini-3-flash-preview',
  responseId: 'r1',
  ...more,
})
const stop = { finishReason: 'STOP' }
const crlf = (stream: string): string => stream.replaceAll('\n', '\r\n')
const quantitiesOf = (usageMetadata: object, candidate: object = stop, more: object = {}) =>
  readBody('gemini-generate', part(usageMetadata, candidate, more)).usage?.quantities

describe('quantities are disjoint', () => {
  it.each([
    ['the prompt and the candidates', { promptTokenCount: 7, candidatesTokenCount: 3 }, { input: 7, output: 3 }],
    [
      'thoughts come on top of the candidates',
      { promptTokenCount: 7, candidatesTokenCount: 3, thoughtsTokenCount: 5, totalTokenCount: 15 },
      { input: 7, output: 8 },
    ],
    ['thoughts alone are output', { promptTokenCount: 7, thoughtsTokenCount: 5 }, { input: 7, output: 5 }],
    [
      'the prompt includes what was cached',
      { promptTokenCount: 100, cachedContentTokenCount: 90, candidatesTokenCount: 1 },
      { input: 10, cache_read: 90, output: 1 },
    ],
    [
      'what tools brought in comes on top of the prompt',
      { promptTokenCount: 10, toolUsePromptTokenCount: 25, candidatesTokenCount: 1 },
      { input: 35, output: 1 },
    ],
    [
      'audio has meters of its own, cached audio too',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 40,
        candidatesTokenCount: 9,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 20 },
          { modality: 'AUDIO', tokenCount: 80 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 30 }],
        candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
      },
      { input: 10, cache_read: 10, cache_read_audio: 30, input_audio: 50, output: 5, output_audio: 4 },
    ],
    [
      'images have meters of their own, from tools too; video and documents count as text',
      {
        promptTokenCount: 100,
        toolUsePromptTokenCount: 10,
        candidatesTokenCount: 1295,
        thoughtsTokenCount: 2,
        promptTokensDetails: [
          { modality: 'IMAGE', tokenCount: 60 },
          { modality: 'VIDEO', tokenCount: 20 },
          { modality: 'DOCUMENT', tokenCount: 20 },
        ],
        toolUsePromptTokensDetails: [{ modality: 'IMAGE', tokenCount: 6 }],
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
      },
      { input: 44, input_image: 66, output: 7, output_image: 1290 },
    ],
    [
      'modalities may be the numbers of the enum',
      { promptTokenCount: 10, promptTokensDetails: [{ modality: 4, tokenCount: 8 }] },
      { input: 2, input_audio: 8 },
    ],
    ['without any output there is none, and it is not nought', { promptTokenCount: 14 }, { input: 14 }],
  ])('%s', (_, usage, quantities) => {
    expect(quantitiesOf(usage)).toEqual(quantities)
  })

  it('says which of the output was thought', () => {
    const usage = { promptTokenCount: 1, candidatesTokenCount: 2, thoughtsTokenCount: 3 }
    expect(readBody('gemini-generate', part(usage)).usage?.reasoning).toBe(3)
  })
})

describe('searches are counted as they are billed', () => {
  const usage = { promptTokenCount: 1, candidatesTokenCount: 1 }
  const grounded = (...queries: string[]) => ({ ...stop, groundingMetadata: { webSearchQueries: queries } })

  it.each([
    ['each query since Gemini 3', 'gemini-3-flash-preview', grounded('a', 'b', 'a', ''), 2],
    ['one for the answer until then', 'gemini-2.5-flash', grounded('a', 'b'), 1],
    ['none without a query', 'gemini-2.5-flash', grounded(), undefined],
    ['none without grounding', 'gemini-3-flash-preview', stop, undefined],
    [
      'image searches are queries too',
      'gemini-3.1-flash-image',
      { groundingMetadata: { webSearchQueries: ['a'], imageSearchQueries: ['a'] } },
      2,
    ],
  ])('%s', (_, modelVersion, candidate, uses) => {
    expect(quantitiesOf(usage, candidate, { modelVersion })?.web_search).toBe(uses)
  })

  it('repeated metadata of a stream counts once', () => {
    const stream = streamOf(part(usage, grounded('a')), part(usage, grounded('a', 'b')))
    expect(readStream('gemini-generate', stream).usage?.quantities.web_search).toBe(2)
  })

  it('an answer grounded on maps, whose fee has no meter, is flagged', () => {
    const candidate = { groundingMetadata: { groundingChunks: [{ maps: { placeId: 'p' } }] } }
    expect(readBody('gemini-generate', part(usage, candidate)).flags).toEqual(['unmetered_grounding:maps'])
  })
})

describe('a stream', () => {
  const first = part({ promptTokenCount: 15, thoughtsTokenCount: 4, totalTokenCount: 19 })
  const last = part({ promptTokenCount: 13, candidatesTokenCount: 8, totalTokenCount: 25, thoughtsTokenCount: 4 }, stop)
  const expected = {
    usage: { quantities: { input: 13, output: 12 }, reasoning: 4 },
    served: { model: 'gemini-3-flash-preview' },
    responseId: 'r1',
    complete: true,
    final: true,
    flags: [],
  }

  it.each([1, 2, 7, 5000])('is folded, the last report winning, in pieces of %i bytes', (size) => {
    expect(readStream('gemini-generate', crlf(streamOf(first, last)), size)).toMatchObject(expected)
    expect(readStream('gemini-generate', streamOf(first, last, last), size)).toMatchObject(expected)
  })

  it('says the same as one JSON array, and as the whole answer', () => {
    const array = JSON.stringify([first, last], null, 1)
    expect(readBody('gemini-generate', array)).toMatchObject(expected)
    expect(readBody('gemini-generate', last)).toMatchObject(expected)
  })

  it('of JSON that is cut is read as far as its elements are whole', () => {
    const array = JSON.stringify([first, last])
    const cut = readBody('gemini-generate', array.slice(0, -5))
    expect(cut).toMatchObject({ usage: { quantities: { input: 15, output: 4 } }, complete: false, final: false })
    expect(readBody('gemini-generate', array.slice(0, -1))).toMatchObject({ complete: true, final: true })
    expect(readBody('gemini-generate', '[')).toMatchObject({ complete: false, flags: [] })
  })

  it('counts its thoughts on the way, once they are over', () => {
    const events = [first, part({ promptTokenCount: 15, thoughtsTokenCount: 4, candidatesTokenCount: 2 }), last]
    const readings = [1, 2, 3].map((count) => readStream('gemini-generate', streamOf(...events.slice(0, count))))
    expect(readings.map(({ countsReasoning = false }) => countsReasoning)).toEqual([false, true, true])
  })

  it('goes on until every candidate has its finish reason', () => {
    const usage = { promptTokenCount: 1 }
    const events = [part(usage, stop), part(usage, { index: 1 }), part(usage, { index: 1, ...stop })]
    const completeAfter = (count: number) => readStream('gemini-generate', streamOf(...events.slice(0, count))).complete
    expect([1, 2, 3].map(completeAfter)).toEqual([true, false, true])
  })

  it('ends where the prompt was blocked', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 9 } }
    expect(readStream('gemini-generate', streamOf(blocked))).toMatchObject({
      complete: true,
      failed: false,
      usage: { quantities: { input: 9 } },
    })
  })

  it('fails by an error inside it', () => {
    const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }
    expect(readStream('gemini-generate', streamOf(first, error))).toMatchObject({ failed: true, complete: false })
    expect(readBody('gemini-generate', [error])).toMatchObject({ failed: true })
  })

  it('counts text, code, arguments and media as what was seen', () => {
    const parts = [
      { text: 'four', thought: true },
      { functionCall: { name: 'call', args: { a: [1, { b: 'x' }] } } },
      { executableCode: { language: 'PYTHON', code: '1+1' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '22' } },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
    ]
    const reader = createUsageReader({ wireFormat: 'gemini-generate', contentType: 'sse' })
    reader.push(Buffer.from(streamOf(part(undefined, { content: { parts } }))))
    const framing = 24
    expect(reader.read().visibleOutputBytes).toBe(4 + 4 + '{"a":[1,{"b":"x"}]}'.length + 3 + 2 + 4 + framing)
  })
})

describe('what was served and what is odd', () => {
  it.each([
    ['standard', 'standard'],
    ['SERVICE_TIER_FLEX', 'flex'],
    ['SERVICE_TIER_UNSPECIFIED', undefined],
    [3, undefined],
  ])('the tier %j', (serviceTier, expected) => {
    expect(readBody('gemini-generate', part({ promptTokenCount: 1, serviceTier })).served.serviceTier).toBe(expected)
  })

  it('a model may be named as a resource', () => {
    expect(readBody('gemini-generate', part({}, {}, { modelVersion: 'models/m' })).served.model).toBe('m')
  })

  it.each([
    ['an unknown count', { promptTokenCount: 1, dreamTokenCount: 2 }, 'unknown_usage_key:dreamTokenCount'],
    [
      'an unknown modality',
      { promptTokenCount: 1, promptTokensDetails: [{ modality: 'SMELL', tokenCount: 1 }] },
      'unknown_usage_key:promptTokensDetails.SMELL',
    ],
    ['a bad count', { promptTokenCount: -1 }, 'bad_usage_value:promptTokenCount'],
    ['a total that the parts do not make', { promptTokenCount: 1, totalTokenCount: 9 }, 'total_mismatch'],
    ['more cached than there is', { promptTokenCount: 1, cachedContentTokenCount: 2 }, 'details_exceed_total'],
  ])('%s is flagged', (_, usage, flag) => {
    expect(readBody('gemini-generate', part(usage, stop)).flags).toContain(flag)
  })
})
