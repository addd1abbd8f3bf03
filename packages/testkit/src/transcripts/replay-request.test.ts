import { describe, expect, it } from 'vitest'
import type { Transcript, TranscriptMeta } from '../replay.ts'
import { families } from './families.ts'
import { replayRequest, withoutAskingForUsage } from './replay-request.ts'

const build = (provider: string, meta: Partial<TranscriptMeta>, request?: object) => {
  const transcript: Transcript = {
    provider,
    id: 'test',
    folder: 'test',
    response: Buffer.from('{}'),
    streamed: false,
    meta: { status: 200, stream: false, requestHeaders: {}, responseHeaders: {}, ...meta },
    ...(request !== undefined && { request: Buffer.from(JSON.stringify(request)) }),
  }
  return replayRequest(transcript, families.get(provider)!)
}

const bodyOf = ({ body }: { body?: Buffer }): unknown => JSON.parse(String(body))

describe('replayRequest', () => {
  it('sends path, query and body as recorded', () => {
    const uri = 'https://api.anthropic.com/v1/messages/%2e?beta=true&x=%20'
    const request = build('anthropic', { uri, method: 'POST' }, { model: 'm' })
    expect(request).toMatchObject({ method: 'POST', path: '/v1/messages/%2e?beta=true&x=%20' })
    expect(bodyOf(request)).toEqual({ model: 'm' })
  })

  it.each([
    ['anthropic', '/v1/messages', { model: 'm', max_tokens: 1024, stream: true }],
    ['openai-responses', '/v1/responses', { model: 'm', input: 'Hello', stream: true }],
    ['openrouter', '/api/v1/chat/completions', { model: 'm', stream: true }],
  ])('makes a minimal request for %s where none was recorded', (provider, path, members) => {
    const request = build(provider, { model: 'm', stream: true })
    expect(request).toMatchObject({ method: 'POST', path })
    expect(bodyOf(request)).toMatchObject(members)
  })

  it.each([
    ['GET', 'https://api.openai.com/v1/responses/resp_1?stream=true'],
    ['POST', 'https://api.openai.com/v1/responses/resp_1/cancel'],
  ])('sends no body with %s %s', (method, uri) => {
    expect(build('openai-responses-other', { method, uri })).not.toHaveProperty('body')
  })

  it('puts the model where Gemini has it, in the path', () => {
    const unary = build('gemini', { model: 'm' })
    expect(unary).toMatchObject({ path: '/v1beta/models/m:generateContent', models: ['m'] })
    expect(bodyOf(unary)).toEqual({ contents: expect.any(Array) })
    const { path } = build('gemini', { model: 'm', stream: true })
    expect(path).toBe('/v1beta/models/m:streamGenerateContent?alt=sse')
    const uri = 'https://generativelanguage.googleapis.com/v1/models/other:generateContent'
    expect(build('gemini', { uri, model: 'm' }, {}).models).toEqual(['m', 'other'])
  })

  it('sends no credential and no header of the recorded hop', () => {
    const requestHeaders = { authorization: 'x', 'x-api-key': 'x', cookie: 'x', host: 'h', 'anthropic-beta': 'b' }
    const { headers } = build('anthropic', { requestHeaders }, {})
    expect(headers).toEqual({
      'accept-encoding': 'gzip, deflate, br, zstd',
      'anthropic-beta': 'b',
      'content-type': 'application/json',
    })
  })

  it('names every model of the request', () => {
    const tools = [{ type: 'advisor_test', model: 'c' }]
    const request = build('openrouter', { model: 'a' }, { model: 'a', models: ['b'], tools })
    expect(request.models).toEqual(['a', 'b', 'c'])
  })
})

describe('the named exception', () => {
  const uri = 'https://api.openai.com/v1/chat/completions'
  const asked = { stream: true, stream_options: { include_usage: true } }

  it.each([
    ['a chat stream that does not ask', 'openai-chat', uri, { stream: true }, true],
    ['a chat stream that asks', 'openai-chat', uri, asked, false],
    [
      'a chat stream that says no',
      'openai-chat',
      uri,
      { stream: true, stream_options: { include_usage: false } },
      true,
    ],
    ['a chat without stream', 'openai-chat', uri, {}, false],
    [
      'OpenRouter, which always reports',
      'openrouter',
      'https://openrouter.ai/api/v1/chat/completions',
      { stream: true },
      false,
    ],
    ['another family', 'openai-responses', 'https://api.openai.com/v1/responses', { stream: true }, false],
  ])('%s', (_, provider, address, request, hidden) => {
    expect(build(provider, { uri: address }, request).hidesUsage).toBe(hidden)
  })

  it('is replayed in full by taking the question out of a request that asked', () => {
    const unasked = withoutAskingForUsage(build('openai-chat', { uri }, { model: 'm', ...asked }))
    expect(unasked?.hidesUsage).toBe(true)
    expect(bodyOf(unasked!)).toEqual({ model: 'm', stream: true })
    expect(withoutAskingForUsage(build('openai-chat', { uri }, { stream: true }))).toBeUndefined()
    expect(withoutAskingForUsage(build('openrouter', {}, asked))).toBeUndefined()
  })
})
