import type { Readable } from 'node:stream'
import type { HeaderList } from './http1/header-list.ts'

/** One request to one origin. */
export interface UpstreamRequest {
  readonly origin: string
  /** On whose behalf, and with which credential: requests of two parties never share a connection. */
  readonly party: string
  readonly path: string
  readonly method: string
  /** Name, value, name, value; without host, framing and connection headers, which the transport sets. */
  readonly headers: readonly string[]
  /** A stream is read as fast as the provider takes it, from when there is a connection. */
  readonly body: Uint8Array | Readable | null
  /** How many bytes a streamed body has; it goes in chunks when nobody knows. */
  readonly bodyLength?: number | undefined
}

/** One call under way, as whoever waits for its answer steers it. */
export interface UpstreamCall {
  readonly paused: boolean
  /** Reads no further; what was read before may still come. */
  pause(): void
  resume(): void
  /** Ends the call with this reason, at once and on both sides. Nothing happens when it is over. */
  abort(reason: Error): void
}

/** What a call reports. After `onResponseEnd` or `onResponseError`, which come once and last, nothing follows. */
export interface UpstreamHandler {
  /** Before everything else, and before `dispatch` returns. */
  onDispatch(call: UpstreamCall): void
  /** There is a connection, and the request is about to be written: from now on the provider may have seen it. */
  onRequestStart(): void
  /** The final head; informational ones stay behind. */
  onResponseStart(status: number, headers: HeaderList): void
  /** A piece of the body, which is the receiver's to keep. */
  onResponseData(piece: Buffer): void
  onResponseEnd(): void
  /** @param error An {@link UpstreamTimedOut}, the reason of an abort, or whatever else went wrong. */
  onResponseError(error: Error): void
}

/** The provider was silent for longer than the operator's patience. */
export class UpstreamTimedOut extends Error {
  constructor(ms: number) {
    super(`The provider was silent for ${ms} ms.`)
    this.name = 'UpstreamTimedOut'
  }
}

/** The connection ended before the answer did, or what came over it is no answer. */
export class UpstreamBroke extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'UpstreamBroke'
  }
}
