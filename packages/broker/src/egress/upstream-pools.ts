import type { Readable } from 'node:stream'
import { createVendoError } from '@vendo/contract'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import { skipContinue } from './skip-continue.ts'

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

/** One request to one origin. */
export interface UpstreamRequest {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: string[]
  /** A stream is read as fast as the provider takes it. */
  readonly body: Uint8Array | Readable | null
}

/** Keep-alive connections to the providers. There is no way to reach an origin that was not announced at creation. */
export interface UpstreamPools {
  dispatch(request: UpstreamRequest, handler: Dispatcher.DispatchHandler): void
  close(): Promise<void>
}

/**
 * Creates one pool per allowed origin. Redirects are never followed: undici's `dispatch` does not know them.
 *
 * @throws {VendoError} `validation_failed` for an origin that is not https, unless it is on this machine.
 */
export const createUpstreamPools = (origins: Iterable<string>, timeouts: UpstreamTimeouts): UpstreamPools => {
  const pools = new Map<string, Pool>()
  for (const origin of new Set(origins)) {
    assertOrigin(origin)
    pools.set(
      origin,
      new Pool(origin, {
        pipelining: 1,
        connect: skipContinue(buildConnector({ timeout: timeouts.connectMs })),
        headersTimeout: timeouts.firstByteMs,
        bodyTimeout: timeouts.idleMs,
        keepAliveTimeout: 30_000,
      }),
    )
  }
  return {
    dispatch: ({ origin, path, method, headers, body }, handler) => {
      const pool = pools.get(origin)
      // Fail closed: an origin outside the table must never see a credential.
      if (pool === undefined) throw createVendoError(`No upstream at ${origin}.`, { code: 'upstream_error' })
      pool.dispatch({ path, method, headers, body }, handler)
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

const assertOrigin = (origin: string): void => {
  const url = URL.canParse(origin) ? new URL(origin) : null
  const safe = url !== null && url.origin === origin && (url.protocol === 'https:' || loopback.has(url.hostname))
  if (safe) return
  throw createVendoError(
    `${JSON.stringify(origin)} cannot be an upstream: it must be an https origin without a path (http only on this machine).`,
    { code: 'validation_failed', suggestedFix: 'Use an origin such as https://api.example.com.' },
  )
}
