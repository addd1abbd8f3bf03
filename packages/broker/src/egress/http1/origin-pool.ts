import { UpstreamBroke } from '../upstream-call.ts'
import { Connection, type ConnectionOwner, type ConnectionTimeouts } from './connection.ts'
import { type Destination, destinationOf } from './dial.ts'
import type { Exchange } from './exchange.ts'

/** An exchange, and the connection that was free for it a moment ago. */
interface Lent {
  readonly exchange: Exchange
  readonly connection: Connection
}

/** What shortens the next TLS handshake with an origin; it carries nothing of any call. */
export interface SessionStore {
  session: Buffer | undefined
}

/** A connection that was freed less than so many ms ago may have bytes on the way that have not been read. */
const freshMs = 2

/**
 * The connections to one origin, as many as there are exchanges at once. The one that was used last is used next, so that the
 * others can end; none carries two exchanges at a time.
 */
export class OriginPool implements ConnectionOwner {
  readonly #destination: Destination
  readonly #timeouts: ConnectionTimeouts
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #dialling = new Map<Connection, Exchange>()
  #lent: Lent[] = []
  readonly #sessions: SessionStore
  #destroyed = false
  #retired = false

  constructor(origin: string, timeouts: ConnectionTimeouts, sessions: SessionStore = { session: undefined }) {
    this.#destination = destinationOf(origin)
    this.#timeouts = timeouts
    this.#sessions = sessions
  }

  /** There is no connection, and nothing waits for one. */
  get empty(): boolean {
    return this.#all.size === 0 && this.#lent.length === 0
  }

  /** For the `host` header. */
  get host(): string {
    return this.#destination.host
  }

  /** Sends a request, on a connection that is there or on a new one. */
  send(exchange: Exchange): void {
    const connection = this.#takeIdle()
    if (connection === undefined) this.#dial(exchange)
    else this.#lend({ exchange, connection })
  }

  /** Ends connections that have been idle for too long. To be called now and then. */
  dropExpired(): void {
    const now = Date.now()
    for (const connection of this.#idle.filter(({ freeUntil }) => freeUntil <= now)) connection.drop()
  }

  /** Ends connections as soon as nothing runs on them. */
  retire(): void {
    this.#retired = true
    for (const connection of [...this.#idle]) connection.drop()
  }

  /** Ends every connection, and every exchange with it. */
  destroy(): void {
    this.#destroyed = true
    for (const connection of this.#all) connection.drop()
  }

  onFree(connection: Connection): void {
    const exchange = this.#dialling.get(connection)
    this.#dialling.delete(connection)
    if (exchange === undefined || exchange.over) this.#keep(connection)
    else connection.start(exchange)
  }

  #keep(connection: Connection): void {
    if (this.#retired) connection.drop()
    else this.#idle.push(connection)
  }

  onGone(connection: Connection, error: Error | undefined): void {
    const exchange = this.#dialling.get(connection)
    this.#dialling.delete(connection)
    this.#all.delete(connection)
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
    exchange?.fail(error ?? new UpstreamBroke('There is no connection to the provider.'))
  }

  onSession(session: Buffer): void {
    this.#sessions.session = session
  }

  #takeIdle(): Connection | undefined {
    const connection = this.#idle.pop()
    if (connection === undefined || connection.freeUntil > Date.now()) return connection
    connection.drop()
    return this.#takeIdle()
  }

  #dial(exchange: Exchange): void {
    if (this.#destroyed) {
      exchange.fail(new UpstreamBroke('The broker is closing.'))
      return
    }
    const connection = new Connection({
      destination: this.#destination,
      timeouts: this.#timeouts,
      session: this.#sessions.session,
      owner: this,
    })
    this.#all.add(connection)
    this.#dialling.set(connection, exchange)
  }

  /**
   * What the network has brought by now is read first: a connection that the provider closed in the meantime is not used,
   * and bytes that nobody asked for are not taken for this answer.
   */
  #lend(lent: Lent): void {
    if (this.#lent.push(lent) === 1) setImmediate(() => this.#startLent())
  }

  #startLent(): void {
    const lent = this.#lent
    this.#lent = []
    for (const { exchange, connection } of lent) {
      if (exchange.over) {
        if (!connection.gone) this.#keep(connection)
      } else if (connection.gone) this.send(exchange)
      else if (Date.now() - connection.freeSince < freshMs) this.#lookOnceMore({ exchange, connection })
      else connection.start(exchange)
    }
  }

  /** Freed in this very turn of the event loop, perhaps: only the next one reads what came right behind its answer. */
  #lookOnceMore({ exchange, connection }: Lent): void {
    setImmediate(() => {
      if (exchange.over) {
        if (!connection.gone) this.#keep(connection)
      } else this.#startOn(connection, exchange)
    })
  }

  #startOn(connection: Connection, exchange: Exchange): void {
    if (connection.gone) this.send(exchange)
    else connection.start(exchange)
  }
}
