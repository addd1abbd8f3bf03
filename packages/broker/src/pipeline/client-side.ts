import type { ServerResponse } from 'node:http'

/** Whom a {@link ClientSide} reports to. */
export interface ClientSideEvents {
  /** The client read everything that was waiting for it. */
  onDrain(): void
  /** The client left before the answer's end. */
  onGone(): void
}

/** The client's end of a relayed answer: writes with backpressure, and tells once when the client is gone. */
export class ClientSide {
  readonly #answer: ServerResponse
  #ended = false
  #gone: boolean

  constructor(answer: ServerResponse, events: ClientSideEvents) {
    this.#answer = answer
    this.#gone = answer.destroyed
    answer.on('drain', () => events.onDrain())
    answer.once('close', () => {
      if (this.#ended) return
      this.#gone = true
      events.onGone()
    })
    // A socket error is followed by `close`, which is where it counts.
    answer.on('error', ignored)
  }

  head(status: number, headers: string[], flush: boolean): void {
    if (this.#gone) return
    this.#answer.writeHead(status, headers)
    if (flush) this.#answer.flushHeaders()
  }

  /** False when the client reads slower than the provider writes; then `onDrain` follows. */
  write(chunk: Uint8Array): boolean {
    return this.#gone || this.#answer.write(chunk)
  }

  end(): void {
    if (this.#gone || this.#ended) return
    this.#ended = true
    this.#answer.end()
  }

  /** Head, body and end at once. */
  whole(status: number, headers: string[], body: Buffer): void {
    if (this.#gone || this.#ended) return
    this.#ended = true
    this.#answer.writeHead(status, headers)
    // Node joins head and body only when both are text: one write costs much less than the copy.
    this.#answer.end(body.toString('latin1'), 'latin1')
  }

  /** Ends abnormally: a client must never take a cut answer for a whole one. */
  abort(last?: Uint8Array): void {
    if (this.#gone || this.#ended) return
    this.#ended = true
    const answer = this.#answer
    if (last === undefined) cut(answer)
    else answer.write(last, () => cut(answer))
  }
}

const ignored = (): void => undefined

/** For a client of HTTP/1.0 an ordinary close is the end of the body; only a reset tells it otherwise. */
const cut = (answer: ServerResponse): void => {
  if (answer.req.httpVersion === '1.0') answer.socket?.resetAndDestroy()
  answer.destroy()
}
