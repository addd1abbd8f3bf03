import Anthropic from '@anthropic-ai/sdk'
import { wireFormatNames } from '@vendo/contract'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createUsageReader } from '../reader/create-usage-reader.ts'
import { encodeErrorBody } from './encode-error-body.ts'
import { encodeStreamError } from './encode-stream-error.ts'

const details = { status: 402, code: 'balance_exhausted', message: 'Too\n"little"', requestId: 'req_1' }

describe('encodeErrorBody', () => {
  it.each([
    [400, 'invalid_request_error', 'invalid_request_error'],
    [401, 'authentication_error', 'authentication_error'],
    [402, 'billing_error', 'insufficient_quota'],
    [403, 'permission_error', 'permission_error'],
    [404, 'not_found_error', 'invalid_request_error'],
    [413, 'request_too_large', 'invalid_request_error'],
    [415, 'invalid_request_error', 'invalid_request_error'],
    [429, 'rate_limit_error', 'rate_limit_error'],
    [502, 'api_error', 'server_error'],
    [503, 'api_error', 'server_error'],
    [504, 'timeout_error', 'server_error'],
  ])('%i has the type that each provider gives it', (status, anthropic, openai) => {
    const { message, code } = details
    expect(JSON.parse(encodeErrorBody('anthropic', { ...details, status }))).toEqual({
      type: 'error',
      error: { type: anthropic, message },
      request_id: 'req_1',
    })
    expect(JSON.parse(encodeErrorBody('openai', { ...details, status }))).toEqual({
      error: { message, type: openai, param: null, code },
    })
    expect(JSON.parse(encodeErrorBody('openrouter', { ...details, status }))).toEqual({
      error: { code: status, message, metadata: { error_code: code, request_id: 'req_1' } },
    })
  })

  it.each([
    ['balance_exhausted', 'billing_error', 'insufficient_quota'],
    ['model_unpriced', 'invalid_request_error', 'invalid_request_error'],
  ])('402 %s tells who pays only where money is what lacks', (code, anthropic, openai) => {
    expect(JSON.parse(encodeErrorBody('anthropic', { ...details, code }))).toMatchObject({ error: { type: anthropic } })
    expect(JSON.parse(encodeErrorBody('openai', { ...details, code }))).toMatchObject({ error: { type: openai, code } })
  })

  it.each([
    [400, 'INVALID_ARGUMENT'],
    [401, 'UNAUTHENTICATED'],
    [402, 'FAILED_PRECONDITION'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [413, 'INVALID_ARGUMENT'],
    [429, 'RESOURCE_EXHAUSTED'],
    [502, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
  ])('%i is %s to Gemini', (status, name) => {
    expect(JSON.parse(encodeErrorBody('gemini', { ...details, status }))).toEqual({
      error: {
        code: status,
        message: details.message,
        status: name,
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'BALANCE_EXHAUSTED',
            domain: 'vendo',
            metadata: { request_id: 'req_1' },
          },
        ],
      },
    })
  })

  const answer = (shape: 'anthropic' | 'openai') => async () =>
    new Response(encodeErrorBody(shape, details), {
      status: details.status,
      headers: { 'content-type': 'application/json' },
    })

  it("is understood by Anthropic's SDK", async () => {
    const client = new Anthropic({ apiKey: 'test-key', fetch: answer('anthropic') })
    const call = client.messages.create({ model: 'm', max_tokens: 1, messages: [] })
    await expect(call).rejects.toMatchObject({ status: 402, error: { error: { type: 'billing_error' } } })
  })

  it("is understood by OpenAI's SDK", async () => {
    const client = new OpenAI({ apiKey: 'test-key', fetch: answer('openai') })
    const call = client.chat.completions.create({ model: 'm', messages: [] })
    await expect(call).rejects.toMatchObject({ status: 402, code: 'balance_exhausted', type: 'insufficient_quota' })
  })
})

describe('encodeStreamError', () => {
  it.each(wireFormatNames)('%s: is one event, which makes the answer failed', (wireFormat) => {
    const bytes = encodeStreamError(wireFormat, details)
    expect(
      Buffer.from(bytes)
        .toString()
        .match(/\r?\n\r?\n/g),
    ).toHaveLength(1)
    const reader = createUsageReader({ wireFormat, contentType: 'sse' })
    reader.push(bytes)
    expect(reader.read()).toMatchObject({ failed: true, complete: false })
    expect(reader.atEventBoundary).toBe(true)
  })

  const stream = (wireFormat: (typeof wireFormatNames)[number], first: string) => async () =>
    new Response(first + Buffer.from(encodeStreamError(wireFormat, details)).toString(), {
      headers: { 'content-type': 'text/event-stream' },
    })

  const drain = async (events: AsyncIterable<unknown>): Promise<number> => {
    let count = 0
    for await (const _ of events) count++
    return count
  }

  it("makes Anthropic's SDK throw", async () => {
    const fetch = stream('anthropic-messages', 'event: ping\ndata: {"type":"ping"}\n\n')
    const client = new Anthropic({ apiKey: 'test-key', fetch })
    const events = await client.messages.create({ model: 'm', max_tokens: 1, messages: [], stream: true })
    await expect(drain(events)).rejects.toThrow(/little/)
  })

  it("makes OpenAI's SDK throw in a chat", async () => {
    const client = new OpenAI({ apiKey: 'test-key', fetch: stream('openai-chat', 'data: {"choices":[]}\n\n') })
    const events = await client.chat.completions.create({ model: 'm', messages: [], stream: true })
    await expect(drain(events)).rejects.toMatchObject({ code: 'balance_exhausted' })
  })

  it("makes OpenAI's SDK throw in a response", async () => {
    const fetch = stream('openai-responses', 'event: a\ndata: {"type":"response.in_progress"}\n\n')
    const client = new OpenAI({ apiKey: 'test-key', fetch })
    const events = await client.responses.create({ model: 'm', input: 'x', stream: true })
    await expect(drain(events)).rejects.toMatchObject({ code: 'balance_exhausted' })
  })

  it('numbers the event where the number is known', () => {
    const text = Buffer.from(encodeStreamError('openai-responses', { ...details, sequenceNumber: 7 })).toString()
    expect(text).toContain('"sequence_number":7')
  })
})
