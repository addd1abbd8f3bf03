import type { ServerResponse } from 'node:http'

/** The client's end of a relayed answer: writes with backpressure, and tells once when the client is gone. */
export interface ClientSide {
  readonly gone: boolean
  head(status: number, headers: string[], flush: boolean): void
  /** False when the client reads slower than the provider writes; then `onDrain` follows. */
  write(chunk: Uint8Array): boolean
  end(): void
  /** Head, body and end at once. */
  whole(status: number, headers: string[], body: Buffer): void
  /** Ends abnormally: a client must never take a cut answer for a whole one. */
  abort(last?: Uint8Array): void
}

/** What a {@link ClientSide} reports. */
export interface ClientSideEvents {
  readonly onDrain: () => void
  readonly onGone: () => void
}

/** Wraps Node's response. */
export const createClientSide = (answer: ServerResponse, { onDrain, onGone }: ClientSideEvents): ClientSide => {
  let ended = false
  let gone = answer.destroyed
  answer.on('drain', onDrain)
  answer.once('close', () => {
    if (ended) return
    gone = true
    onGone()
  })
  // A socket error is followed by `close`, which is where it counts.
  answer.on('error', () => undefined)
  return {
    get gone() {
      return gone
    },
    head: (status, headers, flush) => {
      if (gone) return
      answer.writeHead(status, headers)
      if (flush) answer.flushHeaders()
    },
    write: (chunk) => gone || answer.write(chunk),
    end: () => {
      if (gone || ended) return
      ended = true
      answer.end()
    },
    whole: (status, headers, body) => {
      if (gone || ended) return
      ended = true
      answer.writeHead(status, headers)
      // Node joins head and body only when both are text: one write costs much less than the copy.
      answer.end(body.toString('latin1'), 'latin1')
    },
    abort: (last) => {
      if (gone || ended) return
      ended = true
      if (last === undefined) cut(answer)
      else answer.write(last, () => cut(answer))
    },
  }
}

/** For a client of HTTP/1.0 an ordinary close is the end of the body; only a reset tells it otherwise. */
const cut = (answer: ServerResponse): void => {
  if (answer.req.httpVersion === '1.0') answer.socket?.resetAndDestroy()
  answer.destroy()
}
