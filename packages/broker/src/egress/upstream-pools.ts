import { createVendoError } from '@vendo/contract'
import { Exchange } from './http1/exchange.ts'
import type { OriginPool } from './http1/origin-pool.ts'
import { PartyPools } from './http1/party-pools.ts'
import { requestHead } from './http1/request-head.ts'
import type { UpstreamHandler, UpstreamRequest } from './upstream-call.ts'

/** The separate patience of one upstream call, in milliseconds. Defaults are at least the official SDKs' own 600 s. */
export interface UpstreamTimeouts {
  readonly connectMs: number
  /** Until the answer's head: non-streamed calls are silent for as long as the model thinks. */
  readonly firstByteMs: number
  /** Between two pieces of the body. */
  readonly idleMs: number
  /** From dispatch to the last byte. */
  readonly totalMs: number
}

/** What a broker uses unless told otherwise. */
export const defaultUpstreamTimeouts: UpstreamTimeouts = {
  connectMs: 10_000,
  firstByteMs: 900_000,
  idleMs: 900_000,
  totalMs: 3_600_000,
}

/**
 * Keep-alive connections to the providers, of each party its own: an answer that an upstream sends once too often can reach
 * nobody but whoever asked before. There is no way to reach an origin that was not announced at creation. */
export interface UpstreamPools {
  /**
   * Sends a request; all that comes of it reaches the handler. One that cannot be written at all is refused before anything
   * is sent.
   *
   * @throws {VendoError} `upstream_error` for an origin that was not announced.
   */
  dispatch(request: UpstreamRequest, handler: UpstreamHandler): void
  /** Ends every connection, and the calls on them. */
  close(): Promise<void>
}

const lookEveryMs = 5_000
/** Parties of one origin whose connections are kept; whoever called longest ago loses theirs first. */
const maxParties = 1_000

/**
 * Creates the pools of each allowed origin. Redirects are never followed: a pool knows one place.
 *
 * @throws {VendoError} `validation_failed` for an origin that is not https, unless it is on this machine.
 */
export const createUpstreamPools = (announced: Iterable<string>, timeouts: UpstreamTimeouts): UpstreamPools => {
  const origins = new Map<string, PartyPools>()
  for (const origin of new Set(announced)) {
    assertOrigin(origin)
    origins.set(origin, new PartyPools({ origin, timeouts, maxParties }))
  }
  const look = setInterval(() => {
    for (const pools of origins.values()) pools.dropExpired()
  }, lookEveryMs)
  look.unref()
  return {
    dispatch: (request, handler) => {
      const pools = origins.get(request.origin)
      // Fail closed: an origin outside the table must never see a credential.
      if (pools === undefined) throw createVendoError(`No upstream at ${request.origin}.`, { code: 'upstream_error' })
      dispatch(pools.of(request.party), request, handler)
    },
    close: async () => {
      clearInterval(look)
      for (const pools of origins.values()) pools.destroy()
    },
  }
}

const dispatch = (pool: OriginPool, request: UpstreamRequest, handler: UpstreamHandler): void => {
  let exchange: Exchange
  try {
    exchange = new Exchange(request, requestHead(request, pool.host), handler)
  } catch (error) {
    handler.onResponseError(error instanceof Error ? error : new TypeError(String(error)))
    return
  }
  handler.onDispatch(exchange)
  if (!exchange.over) pool.send(exchange)
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

const isPlainHere = ({ protocol, hostname }: URL): boolean => protocol === 'http:' && loopback.has(hostname)

const assertOrigin = (origin: string): void => {
  const url = URL.canParse(origin) ? new URL(origin) : null
  if (url?.origin === origin && (url.protocol === 'https:' || isPlainHere(url))) return
  throw createVendoError(
    `${JSON.stringify(origin)} cannot be an upstream: it must be an https origin without a path (http only on this machine).`,
    { code: 'validation_failed', suggestedFix: 'Use an origin such as https://api.example.com.' },
  )
}
