import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVendoError } from '@vendo/contract'

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

/** Answers one request; never rejects. */
export type RequestListener = (message: IncomingMessage, answer: ServerResponse) => void

const longestHeadMs = 60_000
/** Uploads of slow clients may take as long as the SDKs are ready to wait. */
const longestRequestMs = 900_000

/** Creates the server around a listener. */
export const createNodeServer = (listener: RequestListener): NodeServer => {
  let stopping = false
  const server = createServer(
    {
      headersTimeout: longestHeadMs,
      requestTimeout: longestRequestMs,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 64 * 1024,
      requireHostHeader: true,
      insecureHTTPParser: false,
      noDelay: true,
      // Java's clients offer h2c on every plain request: an offer that nobody takes up is an ordinary request.
      shouldUpgradeCallback: (message) => message.headers.upgrade?.toLowerCase() === 'websocket',
    },
    (message, answer) => {
      // A client that always has one more request on its open connection would keep a stopping server alive for ever.
      if (stopping) answer.shouldKeepAlive = false
      listener(message, answer)
    },
  )
  // Realtime over WebSocket cannot be metered yet: a clear answer instead of a hanging socket.
  server.on('upgrade', (_message, socket) => {
    // Node has let go of this socket: a reset that nobody hears would end the process.
    socket.on('error', () => socket.destroy())
    socket.end(
      'HTTP/1.1 426 Upgrade Required\r\nvendo-error-code: route_blocked\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    )
  })
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
