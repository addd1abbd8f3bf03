import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVendoError, headerNames } from '@vendo/contract'
import { encodeErrorBody } from '@vendo/wire'
import { answerBrokenRequest, maxHeadBytes } from './sockets/answer-broken-request.ts'
import { createBoundConnections } from './sockets/bound-connections.ts'
import { boundRequests, CountedResponse } from './sockets/bound-requests.ts'

/** Where a broker listens. */
export interface ListenOptions {
  /** Default: this machine only. */
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
}

/** The transport: Node's own HTTP parser in front, because a parser of our own would invite request smuggling. */
export interface NodeServer {
  listen(options: ListenOptions): Promise<{ readonly host: string; readonly port: number }>
  /** Accepts nothing new; resolves when every connection is closed. */
  stop(): Promise<void>
  /** Closes what is still open. */
  closeConnections(): void
}

/** Answers one request; never rejects. A client that waits with its body (`Expect: 100-continue`) is for it to ask. */
export type RequestListener = (message: IncomingMessage, answer: ServerResponse) => void

/** The patience with a client, in milliseconds. */
export interface ServerTimeouts {
  /** From the connection, or from the first byte of a later request, to the end of the request's head. */
  readonly headMs: number
  /** From there to the end of its body: uploads of slow clients may take as long as the SDKs are ready to wait. */
  readonly requestMs: number
  /** Between two requests. */
  readonly idleMs: number
}

/** What a broker uses unless told otherwise. */
export const defaultServerTimeouts: ServerTimeouts = { headMs: 60_000, requestMs: 900_000, idleMs: 65_000 }

/** Open connections of one client address, unless the operator sets another number. */
export const defaultMaxConnectionsPerAddress = 4_000

/** How often Node looks for connections that are late, at most. */
const checkMs = 30_000

/** Creates the server around a listener. */
export const createNodeServer = (
  listener: RequestListener,
  { headMs, requestMs, idleMs }: ServerTimeouts = defaultServerTimeouts,
  maxConnectionsPerAddress: number = defaultMaxConnectionsPerAddress,
): NodeServer => {
  let stopping = false
  const answerOne = inTurn((message, answer) => {
    // A client that always has one more request on its open connection would keep a stopping server alive for ever.
    if (stopping) answer.shouldKeepAlive = false
    if (isWebSocket(message)) refuseWebSocket(answer)
    else listener(message, answer)
  })
  const server = createServer(
    {
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(checkMs, headMs, requestMs),
      keepAliveTimeout: idleMs,
      maxHeaderSize: maxHeadBytes,
      ServerResponse: CountedResponse,
      requireHostHeader: true,
      insecureHTTPParser: false,
      noDelay: true,
    },
    answerOne,
  )
  // Node would answer `100 Continue` itself, and have a whole upload sent to be refused.
  server.on('checkContinue', answerOne)
  // After Node's own listener, which makes the parser of the connection.
  server.on('connection', boundRequests)
  server.on('connection', createBoundConnections(maxConnectionsPerAddress))
  server.on('clientError', answerBrokenRequest)
  return {
    listen: (options) => listen(server, options),
    stop: () =>
      new Promise((resolve) => {
        stopping = true
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
    closeConnections: () => server.closeAllConnections(),
  }
}

/**
 * Node hands pipelined requests over at once. Each waits here for its turn, so that none is held or sent for a client that
 * left before; an answer whose turn never comes gets no socket.
 */
const inTurn =
  (listener: RequestListener): RequestListener =>
  (message, answer) => {
    if (answer.socket === null) answer.once('socket', () => listener(message, answer))
    else listener(message, answer)
  }

/** Any other offer (Java's clients make that of h2c on every plain request) is one that nobody takes up. */
const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket'

/** Realtime over WebSocket cannot be metered yet: a clear answer instead of a hanging socket. */
const refuseWebSocket = (answer: ServerResponse): void => {
  const message = 'Vendo does not carry WebSocket connections yet. Use the HTTP API, with `stream: true` for streams.'
  const body = Buffer.from(encodeErrorBody('openai', { status: 426, code: 'route_blocked', message, requestId: '' }))
  answer.writeHead(426, [
    ...['content-type', 'application/json', 'content-length', String(body.length)],
    ...[headerNames.errorCode, 'route_blocked', headerNames.shouldRetry, 'false'],
    // RFC 9110, section 15.5.22: the answer names what to use instead.
    ...['upgrade', 'HTTP/1.1', 'connection', 'close'],
  ])
  answer.end(body)
}

const listen = (server: Server, { host = '127.0.0.1', port }: ListenOptions) =>
  new Promise<{ host: string; port: number }>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      const message = taken ? `Port ${port} on ${host} is taken.` : `Cannot listen on ${host}:${port} (${cause.code}).`
      const suggestedFix = taken
        ? 'Stop what runs there, or choose another one with --port.'
        : 'Choose another address.'
      reject(createVendoError(message, { code: 'validation_failed', suggestedFix, cause }))
    }
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.removeListener('error', fail)
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
