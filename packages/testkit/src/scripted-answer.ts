import { type Barrier, createBarrier } from './barrier.ts'
import type { ContentEncoding } from './content-encoding.ts'

/** One piece of a body: bytes to write on their own, or a barrier to wait at before the next piece. */
export type BodyStep = string | Uint8Array | Barrier

/**
 * How a body ends. `complete`: a clean end. `destroy`: the connection closes without the end of the body, after
 * everything written has left. `reset`: a TCP reset, which may overtake bytes already written. `hang`: nothing more, ever.
 */
export type AnswerEnd = 'complete' | 'destroy' | 'reset' | 'hang'

/** What the scripted upstream does with one request. All parts are optional: `{}` is an empty 200. */
export interface ScriptedAnswer {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Waited for before the status line; never opened = the upstream hangs before its headers. */
  readonly before?: Barrier
  /** One string or byte array is sent with its content-length, steps are sent chunked, each step as its own chunk. */
  readonly body?: string | Uint8Array | readonly BodyStep[]
  /** Encodes the body and sets `content-encoding`. A stepped body is one encoded stream, flushed after each step. */
  readonly encoding?: ContentEncoding
  /** Sends no more than this many body bytes (as on the wire), then ends as `end` says, or `destroy` if that is `complete`. */
  readonly cutAfterBytes?: number
  /** Default `complete`. */
  readonly end?: AnswerEnd
}

/** A JSON answer, serialised once. */
export const jsonAnswer = (value: unknown, status = 200): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** An event stream; each step is sent as its own chunk. Steps are raw text: write `data: …\n\n` yourself. */
export const eventStreamAnswer = (steps: readonly BodyStep[]): ScriptedAnswer => ({
  headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  body: steps,
})

/** A redirect elsewhere, which no proxy may follow. */
export const redirectAnswer = (location: string, status = 302): ScriptedAnswer => ({ status, headers: { location } })

/** What a load balancer in front of a provider sends when it is unwell. */
export const htmlAnswer = (status = 502): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><body><h1>Bad gateway</h1></body></html>',
})

/** Accepts the request and never answers. */
export const neverAnswer = (): ScriptedAnswer => ({ before: createBarrier() })
