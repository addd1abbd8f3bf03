import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVendoError } from '@vendo/contract'
import type { MetricsSource } from './metrics.ts'

/** Where metrics are served. */
export interface MetricsServerOptions {
  readonly source: MetricsSource
  /** Default: this machine only. Whoever can reach it can read it: models, volumes and error codes of every tenant. */
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
}

/** A listener of its own, so that the broker's public address never serves metrics. */
export interface MetricsServer {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves `GET /metrics`, and nothing else.
 *
 * @throws {VendoError} `validation_failed` when the address is taken.
 */
export const startMetricsServer = async (options: MetricsServerOptions): Promise<MetricsServer> => {
  const { source, host = '127.0.0.1', port } = options
  const server = createServer((message, answer) => {
    const path = message.url?.split('?', 1)[0]
    if (message.method === 'GET' && path === '/metrics') void sendMetrics(source, answer)
    else answer.writeHead(404, { 'content-type': 'text/plain' }).end('Only GET /metrics is served here.\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        createVendoError(`Metrics cannot be served on ${host}:${port} (${cause.code}).`, {
          code: 'validation_failed',
          suggestedFix: 'Choose another address with --metrics-port and --metrics-host.',
          cause,
        }),
      ),
    )
    server.listen({ host, port }, resolve)
  })
  const at = `${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${at}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const sendMetrics = async ({ contentType, text }: MetricsSource, answer: ServerResponse): Promise<void> => {
  try {
    const body = await text()
    answer.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body)
  } catch {
    // A worker that ended in the middle of the question: the next scrape finds its successor.
    answer.writeHead(503, { 'content-type': 'text/plain' }).end('The metrics are not complete just now.\n')
  }
}
