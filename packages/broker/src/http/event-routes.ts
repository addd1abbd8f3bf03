import { createRoute, z } from '@hono/zod-openapi'
import { createVendoError, isVendoError } from '@vendo/contract'
import { type BillingEvent, billingEventSchema } from '@vendo/contract/api'
import type { EventAudience, EventLog } from '../ledger/event-log.ts'
import type { ApiDependencies } from './api-dependencies.ts'
import type { Api, ApiCaller } from './api-environment.ts'
import { billingScopes, requireKey } from './require-key.ts'
import { anyKeySecurity, named, refusals, tenantQuery } from './route-documentation.ts'
import { seesListPrices } from './sees-list-prices.ts'
import { selectTenant } from './select-tenant.ts'

const heartbeatMs = 15_000
const mostSubscribers = 1_000
/** Streams that one key may have open: its dashboards and workers, and never all there are. */
const maxStreamsPerKey = 20
/** What may wait for a slow reader before it is cut off; it can resume. */
const mostWaitingBytes = 1_000_000

const eventsRoute = createRoute({
  method: 'get',
  path: '/api/events',
  tags: ['billing'],
  summary: 'What happens to money, as it happens',
  description: [
    'Server-sent events: each has an `id`, its type as `event`, and as `data` the JSON below. An app key gets its own calls',
    'and caps and the wallet it draws on, a management key those of its tenant. Send `Last-Event-ID` to get first what was',
    'missed: the broker keeps the last few thousand events in memory. Each broker tells of the calls that it served; the',
    'ledger, not this stream, is the record.',
  ].join(' '),
  security: anyKeySecurity,
  middleware: requireKey(...billingScopes),
  request: {
    query: z.strictObject({ tenant: tenantQuery }),
    headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
  },
  responses: {
    200: {
      description: 'The stream. A comment line every 15 seconds keeps it open.',
      content: { 'text/event-stream': { schema: named('BillingEvent', billingEventSchema) } },
    },
    ...refusals('validation_failed', 'not_found', 'concurrency_limited', 'overloaded'),
  },
})

/** Adds the stream of billing events. */
export const addEventRoutes = (api: Api, { store, events }: ApiDependencies): void => {
  const streams = new Map<string, number>()
  api.openapi(eventsRoute, async (context) => {
    const { caller, authenticate } = context.var
    const tenantId = await selectTenant(store, caller.key, context.req.valid('query').tenant)
    if (events.subscribers() >= mostSubscribers) {
      throw createVendoError('Too many clients listen to events just now.', { code: 'overloaded', retryAfter: 10 })
    }
    const seesAll = await seesListPrices(store, caller.key, tenantId)
    const release = takeStream(streams, caller.key.id)
    const stream = createEventStream(events, {
      audience: caller.key.kind === 'management' ? { tenantId } : { tenantId, keyId: caller.key.id },
      afterId: context.req.valid('header')['last-event-id'],
      authenticate,
      seesAll,
      release,
    })
    return new Response(stream, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }) as never
  })
}

/**
 * Takes one of the streams of a key; what comes back gives it back.
 *
 * @throws {VendoError} `concurrency_limited`
 */
const takeStream = (streams: Map<string, number>, keyId: string): (() => void) => {
  const open = streams.get(keyId) ?? 0
  if (open >= maxStreamsPerKey) {
    throw createVendoError(`This key has ${open} event streams open; ${maxStreamsPerKey} are allowed.`, {
      code: 'concurrency_limited',
      suggestedFix: 'Close one of them first.',
      retryAfter: 10,
    })
  }
  streams.set(keyId, open + 1)
  return () => {
    const left = (streams.get(keyId) ?? 1) - 1
    if (left > 0) streams.set(keyId, left)
    else streams.delete(keyId)
  }
}

interface EventStreamInput {
  readonly audience: EventAudience
  readonly afterId: string | undefined
  /** Rejects once the key is no good any more. */
  readonly authenticate: () => Promise<ApiCaller>
  /** List prices of calls on the operator's credentials are shown. */
  readonly seesAll: boolean
  /** Called once, when the stream is over. */
  readonly release: () => void
}

const createEventStream = (
  events: EventLog,
  { audience, afterId, authenticate, seesAll, release }: EventStreamInput,
) => {
  let stop = () => {}
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    let over = false
    let unsubscribe = () => {}
    const end = () => {
      if (over) return
      stop()
      controller.close()
    }
    const write = (text: string) => {
      if (over) return
      if ((controller.desiredSize ?? 0) < -mostWaitingBytes) end()
      else controller.enqueue(Buffer.from(text))
    }
    // Asked again with each heartbeat: a revoked key must not go on listening.
    const heartbeat = setInterval(() => {
      authenticate().then(
        () => write(': heartbeat\n\n'),
        (error: unknown) => (isVendoError(error) && error.code === 'store_unavailable' ? undefined : end()),
      )
    }, heartbeatMs)
    heartbeat.unref()
    stop = () => {
      if (over) return
      over = true
      release()
      clearInterval(heartbeat)
      unsubscribe()
    }
    write('retry: 2000\n\n')
    const onEvent = (event: BillingEvent) => write(encodeEvent(seesAll ? event : withoutListPrice(event)))
    unsubscribe = events.subscribe(audience, afterId, { onEvent, onEnd: end })
    if (over) unsubscribe()
  }
  const unread = new ByteLengthQueuingStrategy({ highWaterMark: 0 })
  return new ReadableStream<Uint8Array>({ start, cancel: () => stop() }, unread)
}

const withoutListPrice = (event: BillingEvent): BillingEvent =>
  event.type === 'billing.usage_recorded' && event.data.charge_nanos !== '0'
    ? { ...event, data: { ...event.data, list_nanos: null } }
    : event

const encodeEvent = (event: BillingEvent): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
