import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { createRecordingTracer } from './test/recording-tracer.ts'
import { endedCall, refusedCall } from './test/sample-calls.ts'
import { findTracer, traceCalls } from './trace-calls.ts'

const spanOf = (tell: (observer: ReturnType<typeof traceCalls>) => void) => {
  const { tracer, spans } = createRecordingTracer()
  tell(traceCalls(tracer))
  expect(spans).toHaveLength(1)
  return spans[0]!
}

describe('the span of a call', () => {
  it('says what the conventions for generative AI have a name for, and the rest under vendo', () => {
    const { name, options, attributes, status, endTime } = spanOf((observer) => observer.callEnded(endedCall()))
    expect([name, options.kind, options.startTime, endTime, status]).toEqual([
      'chat claude-haiku-4-5',
      SpanKind.CLIENT,
      1_000_000,
      1_001_000,
      undefined,
    ])
    expect(attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-haiku-4-5',
      'gen_ai.response.model': 'claude-haiku-4-5-20251001',
      'gen_ai.response.id': 'msg_1',
      'gen_ai.usage.input_tokens': 1230,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 200,
      'gen_ai.usage.cache_creation.input_tokens': 30,
      'http.response.status_code': 200,
      'vendo.request_id': 'req_1',
      'vendo.attempt_id': 'att_1',
      'vendo.tenant_id': 'ten_1',
      'vendo.key_id': 'key_1',
      'vendo.route': 'POST /v1/messages',
      'vendo.added_ms': 0.6,
      'vendo.ttfb_ms': 300,
      'vendo.settlement.state': 'actual',
      'vendo.charge_nanos': '1250000',
    })
  })

  it.each([
    ['openai-embeddings', 'openai', 'embeddings', 'openai'],
    ['openai-transcription', 'openai', 'transcription', 'openai'],
    ['gemini-generate', 'gemini', 'generate_content', 'gcp.gemini'],
    ['openai-responses', 'openai', 'chat', 'openai'],
  ] as const)('%s of %s is %s by %s', (wireFormat, integration, operation, provider) => {
    const { attributes } = spanOf((observer) => observer.callEnded(endedCall({ wireFormat, integration })))
    expect([attributes['gen_ai.operation.name'], attributes['gen_ai.provider.name']]).toEqual([operation, provider])
  })

  it('leaves unknown counts out: they are not zero', () => {
    const { attributes } = spanOf((observer) => observer.callEnded(endedCall({}, { quantities: {} })))
    expect(Object.keys(attributes).filter((key) => key.startsWith('gen_ai.usage'))).toEqual([])
  })

  it.each([
    ['a refusal', refusedCall(), 'balance_exhausted'],
    ['a provider’s error', endedCall({ status: 529 }), '529'],
    ['a client that left', endedCall({ status: 0 }), 'client_gone'],
  ])('is an error for %s', (_, call, type) => {
    const { attributes, status } = spanOf((observer) =>
      'settlement' in call ? observer.callEnded(call) : observer.callRefused(call),
    )
    expect([attributes['error.type'], status?.code]).toEqual([type, SpanStatusCode.ERROR])
  })
})

describe('the parent of a span', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const spanId = 'b7ad6b7169203331'
  const parentOf = (headers: Record<string, string>) =>
    spanOf((observer) => observer.callEnded(endedCall({ headers }))).parent

  it('is the client’s, with its state', () => {
    const parent = parentOf({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=1' })
    expect(parent).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true })
    expect(parent?.traceState?.get('vendor')).toBe('1')
  })
  it('may come from a later version of the standard', () => {
    expect(parentOf({ traceparent: `cc-${traceId}-${spanId}-00-what-the-future-will-be-like` })).toMatchObject({
      spanId,
    })
  })
  it.each([
    ['nothing', ''],
    ['an all-zero trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['an all-zero span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['more than version 00 has', `00-${traceId}-${spanId}-01-x`],
    ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['too short an id', `00-${traceId.slice(1)}-${spanId}-01`],
  ])('is nobody for %s', (_, traceparent) => {
    expect(parentOf({ traceparent })).toBeUndefined()
  })
})

it('there is no tracer where no OpenTelemetry SDK was loaded', () => {
  expect(findTracer()).toBeUndefined()
})
