import { type Agent, type IncomingHttpHeaders, request as openRequest } from 'node:http'
import type { ReplayRequest } from './replay-request.ts'

/** An answer with its body as it was on the wire, content coding included. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Where and how to send. */
export interface SendRawOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly agent: Agent
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** Sends one request and collects the raw answer. Rejects with node's error when the answer is cut short or takes too long. */
export const sendRaw = (
  request: Pick<ReplayRequest, 'method' | 'path' | 'headers' | 'body'>,
  options: SendRawOptions,
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(options.baseUrl)
    const outgoing = openRequest(
      {
        hostname,
        port,
        // Not through URL, which would fold dot segments and escapes that the recording has.
        path: `${pathname}${request.path}`,
        method: request.method,
        agent: options.agent,
        headers: { ...request.headers, ...options.headers, 'content-length': String(request.body?.length ?? 0) },
        signal: AbortSignal.timeout(options.timeoutMs),
      },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })
