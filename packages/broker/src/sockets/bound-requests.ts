import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { dropRest } from './drop-rest.ts'

/** How many requests of one socket may wait behind the one that is being answered; a socket with more is closed. */
export const maxWaitingRequests = 4

const longBytes = 64 * 1024

/** How many requests of a socket have no whole answer yet. */
const open = new WeakMap<Socket, number>()

const openOf = (socket: Socket): number => open.get(socket) ?? 0

/**
 * An answer that counts for its socket from the moment Node makes it. Node makes one for each request, also for those that
 * it refuses itself (no `Host`, an unknown expectation), so none can pile up uncounted.
 */
export class CountedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(...parts: ConstructorParameters<typeof ServerResponse<Request>>) {
    super(...parts)
    const [message] = parts
    const { socket } = message
    // Before Node's own listener, which would read the rest of a body as fast as it comes.
    if (mayBeLong(message)) this.once('finish', () => dropRest(message))
    open.set(socket, openOf(socket) + 1)
    this.once('close', () => open.set(socket, openOf(socket) - 1))
    // What stops the parser below is no documented interface of Node. Without it the socket is closed here all the same.
    if (openOf(socket) > maxWaitingRequests + 1) socket.destroy()
  }
}

/** Whether a body may need more than one read. */
const mayBeLong = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > longBytes

/** What Node's parser of a connection asks with each head; a negative number ends the parsing with an error. */
interface IncomingParser {
  onIncoming?: ((message: IncomingMessage, keepAlive: boolean) => number) | null
}

/**
 * Ends a connection at the first request that has too many before it. Node parses everything that came in one read in one
 * go (64 kB are 2,500 small requests), so the parser itself must stop: a destroyed socket alone would not end that turn.
 */
export const boundRequests = (socket: Socket): void => {
  const { parser } = socket as Socket & { readonly parser?: IncomingParser | null }
  const hand = parser?.onIncoming
  if (parser === undefined || parser === null || typeof hand !== 'function') return
  parser.onIncoming = (message, keepAlive) => {
    if (openOf(socket) <= maxWaitingRequests && !socket.destroyed) return hand(message, keepAlive)
    socket.destroy()
    return -1
  }
}
