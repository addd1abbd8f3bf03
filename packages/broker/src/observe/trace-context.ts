import type { IncomingHttpHeaders } from 'node:http'
import { type Context, context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api'

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const traceparent = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/
const nobody = /^0+$/

/**
 * Whose span a call belongs to: the one that is active (where the operator's own instrumentation made one for the request),
 * else the client's `traceparent`, else nobody's.
 */
export const parentOf = (headers: IncomingHttpHeaders): Context => {
  if (trace.getActiveSpan() !== undefined) return context.active()
  const header = headers['traceparent']
  const [, traceId, spanId, flags, more] = traceparent.exec(typeof header === 'string' ? header : '') ?? []
  if (traceId === undefined || spanId === undefined || nobody.test(traceId) || nobody.test(spanId)) return ROOT_CONTEXT
  // Version 00 ends after the flags.
  if (more !== undefined && String(header).startsWith('00')) return ROOT_CONTEXT
  const state = headers['tracestate']
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags ?? '0', 16),
    isRemote: true,
    ...(typeof state === 'string' && { traceState: createTraceState(state) }),
  })
}
