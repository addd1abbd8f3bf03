import {
  type Attributes,
  type AttributeValue,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  type TimeInput,
  type Tracer,
  trace,
} from '@opentelemetry/api'

/** A span as an exporter would see it. */
export interface RecordedSpan {
  readonly name: string
  readonly options: SpanOptions
  readonly parent: SpanContext | undefined
  readonly attributes: Attributes
  readonly status: SpanStatus | undefined
  readonly endTime: TimeInput | undefined
}

/** A tracer that keeps every span that was ended. */
export const createRecordingTracer = () => {
  const spans: RecordedSpan[] = []
  const startSpan: Tracer['startSpan'] = (name, options = {}, parentContext) => {
    const attributes: Attributes = { ...options.attributes }
    let status: SpanStatus | undefined
    // Only what is used here is more than the span that does nothing.
    const span: Span = {
      ...inert,
      setAttribute: (key: string, value: AttributeValue) => {
        attributes[key] = value
        return span
      },
      setStatus: (given) => {
        status = given
        return span
      },
      end: (endTime) => {
        const parent = parentContext && trace.getSpanContext(parentContext)
        spans.push({ name, options, parent, attributes, status, endTime })
      },
    }
    return span
  }
  const tracer: Tracer = {
    startSpan,
    startActiveSpan: () => {
      throw new Error('The broker makes no active spans.')
    },
  }
  return { tracer, spans }
}

const inert: Span = {
  spanContext: () => INVALID_SPAN_CONTEXT,
  setAttribute: () => inert,
  setAttributes: () => inert,
  addEvent: () => inert,
  addLink: () => inert,
  addLinks: () => inert,
  setStatus: () => inert,
  updateName: () => inert,
  end: () => undefined,
  isRecording: () => true,
  recordException: () => undefined,
}
