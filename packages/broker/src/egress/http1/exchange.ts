import { Readable } from 'node:stream'
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../upstream-call.ts'
import type { HeaderList } from './header-list.ts'

/** The connection of an exchange, as far as the exchange knows it. */
export interface ExchangeCarrier {
  pause(): void
  resume(): void
  /** Ends the connection. An exchange on it that is not over fails. */
  drop(): void
}

/** One request and its answer, from dispatch to end. Whatever ends it, its handler hears of it once. */
export class Exchange implements UpstreamCall {
  readonly request: UpstreamRequest
  /** The request's head as it goes on the wire. */
  readonly head: string
  paused = false
  over = false
  readonly #handler: UpstreamHandler
  #carrier: ExchangeCarrier | undefined

  constructor(request: UpstreamRequest, head: string, handler: UpstreamHandler) {
    this.request = request
    this.head = head
    this.#handler = handler
  }

  pause(): void {
    if (this.over || this.paused) return
    this.paused = true
    this.#carrier?.pause()
  }

  resume(): void {
    if (this.over || !this.paused) return
    this.paused = false
    this.#carrier?.resume()
  }

  abort(reason: Error): void {
    if (this.over) return
    this.fail(reason)
    this.#carrier?.drop()
  }

  /** A connection takes it. */
  start(carrier: ExchangeCarrier): void {
    this.#carrier = carrier
    this.#handler.onRequestStart()
  }

  answer(status: number, headers: HeaderList): void {
    this.#handler.onResponseStart(status, headers)
  }

  receive(piece: Buffer): void {
    this.#handler.onResponseData(piece)
  }

  complete(): void {
    if (this.over) return
    this.over = true
    this.#handler.onResponseEnd()
  }

  fail(error: Error): void {
    if (this.over) return
    this.over = true
    const { body } = this.request
    if (body instanceof Readable) body.destroy()
    this.#handler.onResponseError(error)
  }
}
