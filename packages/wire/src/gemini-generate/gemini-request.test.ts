import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRequestFacts } from '../request/read-request-facts.ts'
import type { RequestFacts } from '../request-facts.ts'
import { readModelFromPath } from './read-gemini-path.ts'

const unary = '/v1beta/models/gemini-2.5-flash:generateContent'

const read = (body: object, path = unary): RequestFacts => {
  const json = JSON.stringify(body)
  return readRequestFacts('gemini-generate', JSON.parse(json), json.length, { path })
}

describe('the path', () => {
  it.each([
    [unary, 'gemini-2.5-flash', false],
    ['/v1/models/m:streamGenerateContent?alt=sse', 'm', true],
    ['/v1beta/models/m', undefined, false],
    ['/v1beta/models/a:b:generateContent', undefined, false],
    ['', undefined, false],
  ])('%s names the model %s', (path, model, stream) => {
    expect(readModelFromPath(path)).toBe(model)
    expect(read({}, path)).toMatchObject({ model, stream })
  })

  it('outweighs the body', () => {
    expect(read({ model: 'other', stream: true })).toMatchObject({ model: 'gemini-2.5-flash', stream: false })
  })
})

const inline = (mimeType: string, data: string, key = 'inlineData') => ({
  contents: [{ role: 'user', parts: [{ [key]: { mimeType, data } }] }],
})

describe('parts', () => {
  it.each([
    ['an image', inline('image/png', 'AAAA'), { images: 1 }, 4],
    ['an image under the other names', inline('image/png', 'AAAA', 'inline_data'), { images: 1 }, 4],
    ['audio', inline('audio/wav', 'AAAAAAAA'), { audioBytes: 6 }, 8],
    ['a PDF', inline('application/pdf', 'AAAA'), { documents: [{ bytes: 3 }] }, 4],
    ['text stays text', inline('text/csv', 'AAAA'), {}, 0],
    ['video has no bound', inline('video/mp4', 'AAAA'), { remoteReferences: 1 }, 4],
    ['an unknown kind has none either', inline('model/gltf', 'AAAA'), { remoteReferences: 1 }, 0],
    ['a file', { contents: [{ parts: [{ fileData: { fileUri: 'f' } }] }] }, { remoteReferences: 1 }, 0],
    ['cached content', { cachedContent: 'cachedContents/c' }, { remoteReferences: 1 }, 0],
    [
      'a single content',
      { contents: { parts: { inlineData: { mimeType: 'image/png', data: 'AA' } } } },
      { images: 1 },
      2,
    ],
    ['instructions', { system_instruction: { parts: [{ file_data: {} }] } }, { remoteReferences: 1 }, 0],
    [
      'the answer of a function',
      {
        contents: [
          { parts: [{ functionResponse: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] } }] },
        ],
      },
      { images: 1 },
      2,
    ],
    [
      'what is quoted in arguments is text',
      { contents: [{ parts: [{ functionCall: { args: { inlineData: { mimeType: 'image/png', data: 'AAAA' } } } }] }] },
      {},
      0,
    ],
  ])('%s', (_, body, facts, inlineBytes) => {
    const none = { images: 0, documents: [], audioBytes: 0, remoteReferences: 0 }
    expect(read(body)).toMatchObject({ ...none, ...facts, textBytes: JSON.stringify(body).length - inlineBytes })
  })
})

describe('tools', () => {
  it.each([
    ['functions', [{ functionDeclarations: [{}] }], []],
    ['functions under their other name, in no list', { function_declarations: [{}] }, []],
    ['computer use, which the client does', [{ computerUse: {} }], []],
    [
      'server tools',
      [{ googleSearch: {}, url_context: {} }, { codeExecution: {} }, { fileSearch: {} }],
      ['google_search', 'url_context', 'code_execution', 'file_search'],
    ],
    ['the old search', [{ googleSearchRetrieval: {} }], ['google_search_retrieval']],
    ['a tool nobody knows', [{ timeTravel: {} }], ['time_travel']],
    ['one that is null', [{ googleSearch: null, functionDeclarations: [{}] }], []],
  ])('%s', (_, tools, types) => {
    expect(read({ tools })).toMatchObject({ serverTools: types.map((type) => ({ type })), hasTools: true })
  })

  it('none', () => {
    expect(read({})).toMatchObject({ serverTools: [], hasTools: false })
  })
})

describe('limits', () => {
  it.each<[string, object, Partial<RequestFacts>]>([
    ['nothing', {}, { choices: 1, outputModalities: ['text'], serviceTier: 'standard', cacheWrite: 'none' }],
    ['a limit', { generationConfig: { maxOutputTokens: 5 } }, { maxOutputTokens: 5 }],
    ['candidates', { generationConfig: { candidateCount: 3 } }, { choices: 3 }],
    ['candidates as text', { generation_config: { candidate_count: '4' } }, { choices: 8 }],
    ['candidates that cannot be read', { generationConfig: { candidateCount: 'many' } }, { choices: 8 }],
    ['a tier', { serviceTier: 'SERVICE_TIER_PRIORITY' }, { serviceTier: 'priority' }],
    ['a tier under its other name', { service_tier: 'flex' }, { serviceTier: 'flex' }],
    [
      'modalities',
      { generationConfig: { responseModalities: ['TEXT', 'image'] } },
      { outputModalities: ['text', 'image'] },
    ],
    ['speech', { generationConfig: { response_modalities: ['AUDIO'] } }, { outputModalities: ['text', 'audio'] }],
  ])('%s', (_, body, facts) => {
    expect(read(body)).toMatchObject(facts)
  })

  it.each([
    [{ maxOutputTokens: 5, max_output_tokens: 7 }],
    [{ maxOutputTokens: 0 }],
    [{ maxOutputTokens: '5' }],
    [{ maxOutputTokens: -1 }],
    [{ maxOutputTokens: 5, max_output_tokens: 'x' }],
  ])('of %j is none', (generationConfig) => {
    expect(read({ generationConfig })).not.toHaveProperty('maxOutputTokens')
  })

  it.each([
    ['gemini-2.5-flash-image', ['text', 'image']],
    ['gemini-2.5-flash-preview-tts', ['text', 'audio']],
  ])('%s answers in its own modality without being asked', (model, outputModalities) => {
    expect(read({}, `/v1beta/models/${model}:generateContent`)).toMatchObject({ outputModalities })
  })
})

it('reads anything at all', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (body, path) => {
      const facts = readRequestFacts('gemini-generate', body, 100, { path })
      expect(facts.choices).toBeGreaterThanOrEqual(1)
      expect(facts.textBytes).toBeLessThanOrEqual(100)
    }),
  )
})
