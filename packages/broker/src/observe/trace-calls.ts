import { type Attributes, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { Quantities, WireFormatName } from '@vendo/contract'
import { type EndedCall, type ObservedCall, type Observer, silentObserver } from './observer.ts'
import { parentOf } from './trace-context.ts'

/**
 * An observer that makes one span per call, with the names of the OpenTelemetry conventions for generative AI where they
 * exist, and `vendo.*` beside them. No prompt, no answer, no credential.
 *
 * The span is made when the call is over, with the instants of its start and end: a call costs nothing before.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
export const traceCalls = (tracer: Tracer): Observer => ({
  ...silentObserver,
  callRefused: (call) => {
    writeSpan(tracer, call, { name: `refused ${call.code}`, attributes: {} })
  },
  callEnded: (call) => {
    const { requestModel, wireFormat, progress } = call
    const name = requestModel === undefined ? (progress.route ?? 'call') : `${operationOf(wireFormat)} ${requestModel}`
    writeSpan(tracer, call, { name, attributes: endedAttributes(call) })
  },
})

/**
 * The tracer of the OpenTelemetry SDK that the operator loaded (`node --import …`); undefined when none is there, and spans
 * would go nowhere.
 */
export const findTracer = (): Tracer | undefined => {
  const tracer = trace.getTracer('@vendo/broker')
  // A span that never ends is never exported; without an SDK it has no identity.
  return trace.isSpanContextValid(tracer.startSpan('vendo').spanContext()) ? tracer : undefined
}

interface SpanDraft {
  readonly name: string
  readonly attributes: Attributes
}

const writeSpan = (tracer: Tracer, call: ObservedCall, { name, attributes }: SpanDraft): void => {
  const span = tracer.startSpan(
    name,
    {
      kind: SpanKind.CLIENT,
      startTime: call.receivedAt,
      attributes: { ...callAttributes(call), ...attributes },
    },
    parentOf(call.headers),
  )
  markFailure(span, call)
  span.end(call.endedAt)
}

const markFailure = (span: Span, { code, status }: ObservedCall): void => {
  if (code === undefined && status !== 0 && status < 400) return
  span.setAttribute('error.type', code ?? (status === 0 ? 'client_gone' : String(status)))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** Names of the registry that differ from Vendo's slugs. */
const providerNames: Readonly<Record<string, string>> = { gemini: 'gcp.gemini', 'azure-openai': 'azure.ai.openai' }

const callAttributes = ({ requestId, integration, status, code, progress }: ObservedCall): Attributes => ({
  'vendo.request_id': requestId,
  ...(integration !== undefined && { 'gen_ai.provider.name': providerNames[integration] ?? integration }),
  ...(status !== 0 && { 'http.response.status_code': status }),
  ...(code !== undefined && { 'vendo.error_code': code }),
  ...(progress.route !== undefined && { 'vendo.route': progress.route }),
  ...(progress.addedMs !== undefined && { 'vendo.added_ms': progress.addedMs }),
})

const endedAttributes = (call: EndedCall): Attributes => {
  const { requestModel, wireFormat, settlement, tenantId, keyId } = call
  const { responseId, servedModel, ttfbMs, attemptId, state, reason, walletNanos } = settlement
  return {
    ...(requestModel !== undefined && {
      'gen_ai.operation.name': operationOf(wireFormat),
      'gen_ai.request.model': requestModel,
    }),
    ...(servedModel !== null && { 'gen_ai.response.model': servedModel }),
    ...(responseId !== null && { 'gen_ai.response.id': responseId }),
    ...usageAttributes(settlement.quantities),
    'vendo.tenant_id': tenantId,
    'vendo.key_id': keyId,
    'vendo.attempt_id': attemptId,
    'vendo.settlement.state': state,
    ...(reason !== null && { 'vendo.settlement.reason': reason }),
    // Decimal text, because no floating-point number holds money.
    'vendo.charge_nanos': walletNanos.toString(),
    ...(ttfbMs !== null && { 'vendo.ttfb_ms': ttfbMs }),
  }
}

const operations: Readonly<Partial<Record<WireFormatName, string>>> = {
  'openai-embeddings': 'embeddings',
  'openai-transcription': 'transcription',
  'gemini-generate': 'generate_content',
}

const operationOf = (wireFormat: WireFormatName | undefined): string =>
  (wireFormat === undefined ? undefined : operations[wireFormat]) ?? 'chat'

/** The conventions count tokens of a cache inside the input; Vendo's meters are disjoint. */
const usageAttributes = (quantities: Quantities): Attributes => {
  const cacheRead = sum(quantities.cache_read, quantities.cache_read_audio)
  const cacheWrite = sum(quantities.cache_write_5m, quantities.cache_write_1h)
  const input = sum(quantities.input, quantities.input_audio, quantities.input_image, cacheRead, cacheWrite)
  const output = sum(quantities.output, quantities.output_audio, quantities.output_image)
  return {
    ...(input !== undefined && { 'gen_ai.usage.input_tokens': input }),
    ...(output !== undefined && { 'gen_ai.usage.output_tokens': output }),
    ...(cacheRead !== undefined && { 'gen_ai.usage.cache_read.input_tokens': cacheRead }),
    ...(cacheWrite !== undefined && { 'gen_ai.usage.cache_creation.input_tokens': cacheWrite }),
  }
}

/** Unknown stays unknown: only of known counts is there a sum. */
const sum = (...counts: readonly (number | undefined)[]): number | undefined => {
  const known = counts.filter((count) => count !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0)
}
