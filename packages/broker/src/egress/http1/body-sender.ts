import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** What a {@link BodySender} works with. */
export interface BodySenderInput {
  readonly body: Readable
  /** Undefined: it goes in chunks. */
  readonly length: number | undefined
  readonly socket: Socket
  /** A piece was written, or taken by the provider. */
  readonly onProgress: () => void
  /** The body ended early or is not as long as was said: the request cannot be finished. */
  readonly onFailure: (error: Error) => void
}

/** Sends a streamed request body as fast as the connection takes it. */
export class BodySender {
  readonly #input: BodySenderInput
  #sent = 0
  #state: 'sending' | 'done' | 'stopped' = 'sending'

  constructor(input: BodySenderInput) {
    this.#input = input
    const { body, socket } = input
    socket.on('drain', this.#drain)
    body.on('data', this.#send).once('end', this.#end).once('error', this.#fail).once('close', this.#close)
    // Before anyone listened.
    if (body.destroyed) queueMicrotask(() => this.#fail(body.errored ?? new Error('The request’s body was cut.')))
  }

  /** All of it is written. */
  get done(): boolean {
    return this.#state === 'done'
  }

  /** The next byte is up to the provider, not to whoever makes the body. */
  get blocked(): boolean {
    return this.done || this.#input.socket.writableNeedDrain
  }

  /** Sends no more, and gives the body up where there is some left. */
  stop(): void {
    const { body, socket } = this.#input
    if (this.#state === 'sending') this.#state = 'stopped'
    socket.off('drain', this.#drain)
    body.off('data', this.#send).off('end', this.#end).off('close', this.#close)
    body.destroy()
  }

  readonly #send = (piece: Buffer): void => {
    const { body, length } = this.#input
    if (this.#state !== 'sending' || piece.length === 0) return
    this.#sent += piece.length
    if (length !== undefined && this.#sent > length) {
      this.#fail(new Error('The request’s body is longer than announced.'))
      return
    }
    if (!this.#write(piece, length === undefined)) body.pause()
    this.#input.onProgress()
  }

  #write(piece: Buffer, chunked: boolean): boolean {
    const { socket } = this.#input
    if (!chunked) return socket.write(piece)
    socket.cork()
    socket.write(`${piece.length.toString(16)}\r\n`, 'latin1')
    socket.write(piece)
    const roomy = socket.write('\r\n', 'latin1')
    socket.uncork()
    return roomy
  }

  readonly #drain = (): void => {
    this.#input.onProgress()
    this.#input.body.resume()
  }

  readonly #end = (): void => {
    const { length, socket } = this.#input
    if (this.#state !== 'sending') return
    if (length !== undefined && this.#sent < length) {
      this.#fail(new Error('The request’s body is shorter than announced.'))
      return
    }
    this.#state = 'done'
    if (length === undefined) socket.write('0\r\n\r\n', 'latin1')
    this.stop()
    this.#input.onProgress()
  }

  readonly #close = (): void => this.#fail(new Error('The request’s body was cut.'))

  readonly #fail = (error: Error): void => {
    if (this.#state !== 'sending') return
    this.stop()
    this.#input.onFailure(error)
  }
}
