import type { UsageReading } from '@vendo/wire'
import { UpstreamTimedOut } from '../egress/upstream-call.ts'

/** How one dispatch ended. Every way leads here exactly once. */
export interface RelayEnd {
  readonly kind:
    | 'complete'
    /** Nothing was sent: no connection could be made. */
    | 'unreached'
    /** The client left, and the answer was not drained to its usage. */
    | 'client_gone'
    | 'upstream_died'
    | 'timeout'
    /** The broker is shutting down. */
    | 'shutdown'
  /** The provider's status; null when no head arrived. */
  readonly status: number | null
  /** What the meter learned; absent on routes without a wire format. */
  readonly reading: UsageReading | undefined
  readonly ttfbMs: number | null
  readonly durationMs: number
  /** The same by a monotonic clock: what an estimate may count with. */
  readonly elapsedMs: number
  /** The provider refused the operator's pooled credential, or answered with a redirect: the client got the broker's error instead. */
  readonly replaced: 'upstream_credentials_exhausted' | 'upstream_redirect' | null
  /** The client has the head of the provider's answer: no other answer can follow. */
  readonly headSent: boolean
}

/** Why the broker itself cut a dispatch short. */
export class RelayAborted extends Error {
  readonly kind: 'client_gone' | 'timeout' | 'shutdown'
  constructor(kind: RelayAborted['kind']) {
    super(`The broker cut this call short: ${kind}.`)
    this.name = 'RelayAborted'
    this.kind = kind
  }
}

/** The kind of end behind an error of the transport; `dispatched` tells whether the request was handed to a connection. */
export const endKindOf = (error: unknown, dispatched: boolean): Exclude<RelayEnd['kind'], 'complete'> => {
  if (!dispatched) return 'unreached'
  if (error instanceof RelayAborted) return error.kind
  return error instanceof UpstreamTimedOut ? 'timeout' : 'upstream_died'
}
