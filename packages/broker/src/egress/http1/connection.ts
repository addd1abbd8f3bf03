import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { UpstreamBroke, UpstreamTimedOut } from '../upstream-call.ts'
import type { AnswerHead } from './answer-head.ts'
import { AnswerReader, type AnswerSink } from './answer-reader.ts'
import { BodySender } from './body-sender.ts'
import { type Destination, dial } from './dial.ts'
import type { Exchange, ExchangeCarrier } from './exchange.ts'
import { ReadBuffer } from './read-buffer.ts'
import { hasUnexpectedBody } from './request-head.ts'

/** The patience of one connection, in ms. */
export interface ConnectionTimeouts {
  readonly connectMs: number
  readonly firstByteMs: number
  readonly idleMs: number
}

/** What a connection is made from. */
export interface ConnectionInput {
  readonly destination: Destination
  readonly timeouts: ConnectionTimeouts
  readonly session: Buffer | undefined
  readonly owner: ConnectionOwner
}

/** Whoever lends connections out. */
export interface ConnectionOwner {
  /** It can take an exchange: for the first time, or again. */
  onFree(connection: Connection): void
  /** It never will again. */
  onGone(connection: Connection, error: Error | undefined): void
  /** What shortens the next handshake. */
  onSession(session: Buffer): void
}

/** Up to here head and body are joined: one write costs less than the copy. */
const mostJoinedBytes = 65_536
/** How long an unused connection is kept where the provider does not say. */
const keepMs = 30_000
/** A request that is on its way when the provider's patience ends is lost. */
const keepMarginMs = 1_000

/** One connection to a provider, which carries one exchange at a time. */
export class Connection implements AnswerSink, ExchangeCarrier {
  /** Until when an unused one may be used again, in ms since the epoch. */
  freeUntil = 0
  /** When it was freed last, likewise. */
  freeSince = 0
  gone = false
  #open = false
  readonly #input: ConnectionInput
  readonly #socket: Socket
  readonly #reader = new AnswerReader(this)
  readonly #memory = new ReadBuffer()
  #exchange: Exchange | undefined
  #sender: BodySender | undefined
  /** Runs on while nothing is awaited: stopping it for every request would cost more than a look when it fires. */
  #patience: NodeJS.Timeout | undefined
  #patienceMs = 0
  #keepMs = keepMs
  #reusable = true

  constructor(input: ConnectionInput) {
    this.#input = input
    const { destination, session, timeouts } = input
    const onread = {
      buffer: () => this.#memory.free,
      callback: (length: number) => {
        this.#read(this.#memory.take(length))
        return true
      },
    }
    this.#socket = dial({ destination, session, onread })
    this.#arm(timeouts.connectMs)
    this.#socket
      .on(destination.secure ? 'secureConnect' : 'connect', () => this.#connected())
      .on('session', (fresh: Buffer) => input.owner.onSession(fresh))
      .on('end', () => this.#ended())
      .on('error', (error) => this.#lose(error))
      .on('close', () => this.#lose(undefined))
  }

  /** Sends a request. To be called on a free connection only. */
  start(exchange: Exchange): void {
    const { request } = exchange
    this.#exchange = exchange
    this.#reusable = !hasUnexpectedBody(request)
    exchange.start(this)
    if (exchange.over) return
    this.#reader.begin(request.method === 'HEAD')
    this.#arm(this.#input.timeouts.firstByteMs)
    this.#send(exchange)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    // The wait was the client's.
    this.#patience?.refresh()
    this.#socket.resume()
  }

  drop(): void {
    this.#lose(undefined)
  }

  onHead({ status, headers, keepAlive, keepAliveMs }: AnswerHead): void {
    if (!keepAlive) this.#reusable = false
    if (keepAliveMs !== undefined) this.#keepMs = Math.min(keepMs, keepAliveMs - keepMarginMs)
    if (this.#keepMs <= 0) this.#reusable = false
    this.#arm(this.#input.timeouts.idleMs)
    this.#exchange?.answer(status, headers)
  }

  onBody(piece: Buffer): void {
    this.#exchange?.receive(piece)
  }

  onEnd(surplus: boolean): void {
    const exchange = this.#exchange
    const sent = this.#sender?.done !== false && this.#socket.writableLength === 0
    this.#exchange = undefined
    this.#sender?.stop()
    this.#sender = undefined
    exchange?.complete()
    // Of a socket that is not read at the moment nobody knows what waits in it.
    const unread = exchange?.paused === true
    if (surplus || unread || !sent || !this.#reusable || this.gone) {
      this.#lose(undefined)
      return
    }
    this.#free()
  }

  #free(): void {
    // The wall clock, which goes on while a laptop sleeps.
    this.freeSince = Date.now()
    this.freeUntil = this.freeSince + this.#keepMs
    this.#input.owner.onFree(this)
  }

  #connected(): void {
    if (this.gone) return
    this.#open = true
    this.#free()
  }

  #send({ head, request: { body, bodyLength } }: Exchange): void {
    const socket = this.#socket
    if (body === null || (body instanceof Uint8Array && body.length === 0)) {
      socket.write(head, 'latin1')
    } else if (body instanceof Readable) {
      socket.write(head, 'latin1')
      const onFailure = (error: Error) => this.#lose(error)
      this.#sender = new BodySender({ body, length: bodyLength, socket, onProgress: () => this.#progress(), onFailure })
    } else if (body.length <= mostJoinedBytes) {
      socket.write(joined(head, body))
    } else {
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(body)
      socket.uncork()
    }
  }

  #progress(): void {
    this.#patience?.refresh()
  }

  #read(bytes: Buffer): void {
    if (this.#exchange === undefined) {
      // Nobody asked: the next answer could not be told from it.
      this.#lose(undefined)
      return
    }
    this.#patience?.refresh()
    try {
      this.#reader.push(bytes)
    } catch (error) {
      this.#lose(asError(error))
    }
  }

  #ended(): void {
    try {
      this.#reader.close()
    } catch (error) {
      this.#lose(asError(error))
    }
    this.#lose(undefined)
  }

  #arm(ms: number): void {
    if (this.#patience !== undefined && this.#patienceMs === ms) {
      this.#patience.refresh()
      return
    }
    clearTimeout(this.#patience)
    this.#patienceMs = ms
    this.#patience = setTimeout(() => this.#lookForSilence(), ms)
    this.#patience.unref()
  }

  #lookForSilence(): void {
    const exchange = this.#exchange
    // A body that does not come, or an answer that is not taken, is the client's silence.
    const awaited = exchange !== undefined && !exchange.paused && this.#sender?.blocked !== false
    if (awaited || !this.#open) this.#lose(new UpstreamTimedOut(this.#patienceMs))
  }

  /** Ends the connection, and with it the exchange on it. */
  #lose(error: Error | undefined): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    if (!this.gone) {
      this.gone = true
      clearTimeout(this.#patience)
      this.#patience = undefined
      this.#reader.stop()
      this.#sender?.stop()
      this.#socket.destroy()
      this.#input.owner.onGone(this, error)
    }
    exchange?.fail(error ?? new UpstreamBroke('The provider closed the connection before its answer.'))
  }
}

const joined = (head: string, body: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(head.length + body.length)
  bytes.write(head, 0, 'latin1')
  bytes.set(body, head.length)
  return bytes
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new UpstreamBroke(String(error)))
