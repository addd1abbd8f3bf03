import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { anthropicProvider } from './anthropic-provider.ts'
import { type Fields, fieldsOf } from './asked.ts'
import { type Composer, createComposer } from './compose-reply.ts'
import { openaiProvider } from './openai-provider.ts'
import { openrouterProvider } from './openrouter-provider.ts'
import type { Answer, SimulatedProvider } from './simulated-provider.ts'

/** What {@link startSimulatedUpstream} starts. */
export interface SimulatedUpstreamOptions {
  /** The first provider's port, the others follow; default: chosen by the system. */
  readonly port?: number
  /** What every request must carry; default a value that says what it is. */
  readonly credential?: string
  /** Milliseconds between two events of a stream; default 6. */
  readonly paceMs?: number
}

/** Providers that cost nothing: loopback servers that answer like the real ones, and say that they are simulated. */
export interface SimulatedUpstream {
  /** By integration slug; each is an origin of its own. */
  readonly origins: Readonly<Record<'anthropic' | 'openai' | 'openrouter', string>>
  readonly credential: string
  /** Requests that have arrived, refused ones included. */
  requestCount(): number
  /** Cuts what is open. Idempotent. */
  close(): Promise<void>
}

const providers = { anthropic: anthropicProvider, openai: openaiProvider, openrouter: openrouterProvider }
const defaultCredential = 'simulated-credential-without-value'
const defaultPaceMs = 6
const piecesBeforeAnswer = 8
const mostBodyBytes = 32_000_000

/** Starts the simulated providers on this machine. Rejects with the system's error when a port is taken. */
export const startSimulatedUpstream = async (options: SimulatedUpstreamOptions = {}): Promise<SimulatedUpstream> => {
  const { port = 0, credential = defaultCredential, paceMs = defaultPaceMs } = options
  let requestCount = 0
  const servers: Server[] = []
  const origins: Record<string, string> = {}
  for (const [index, [slug, provider]] of Object.entries(providers).entries()) {
    const site: Site = { provider, credential, paceMs, compose: createComposer() }
    const server = createServer((message, answer) => {
      requestCount += 1
      // The client went away: there is nobody left to tell.
      respond(site, message, answer).catch(() => answer.destroy())
    })
    servers.push(server)
    origins[slug] = await listen(server, port === 0 ? 0 : port + index)
  }
  return {
    origins: origins as SimulatedUpstream['origins'],
    credential,
    requestCount: () => requestCount,
    close: async () => {
      await Promise.all(servers.map(stop))
    },
  }
}

interface Site {
  readonly provider: SimulatedProvider
  readonly credential: string
  readonly paceMs: number
  readonly compose: Composer
}

const listen = (server: Server, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const respond = async (site: Site, message: IncomingMessage, answer: ServerResponse): Promise<void> => {
  const { provider, credential, paceMs } = site
  const body = await readBody(message)
  if (provider.readCredential(message.headers) !== credential) return await send(provider.unauthorized, answer, paceMs)
  await send(route(site, message, body), answer, paceMs)
}

const route = ({ provider, compose }: Site, message: IncomingMessage, text: string): Answer => {
  const { method = 'GET', url = '/' } = message
  const path = url.replace(/[?#].*$/, '')
  const parent = path.slice(0, path.lastIndexOf('/') + 1)
  const whole = provider.routes[`${method} ${path}`]
  const found = whole ?? provider.routes[`${method} ${parent}`]
  if (found === undefined) return provider.notFound(method, path)
  const body = method === 'GET' ? {} : parseBody(text)
  if (body === undefined) return provider.invalid('The request body is not valid JSON.')
  return found({ body, compose, id: whole === undefined ? decodeURIComponent(path.slice(parent.length)) : undefined })
}

const parseBody = (text: string): Fields | undefined => {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

const readBody = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBodyBytes) throw new RangeError('The request body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const send = async (sent: Answer, answer: ServerResponse, paceMs: number): Promise<void> => {
  const headers = { 'request-id': 'req_simulated', 'x-simulated': 'true' }
  // No model answers at once, while a refusal does.
  if (paceMs > 0 && (sent.kind === 'stream' || sent.status === 200)) await wait(paceMs * piecesBeforeAnswer)
  if (sent.kind === 'json') {
    const body = Buffer.from(JSON.stringify(sent.body))
    answer.writeHead(sent.status, { ...headers, 'content-type': 'application/json', 'content-length': body.length })
    answer.end(body)
    return
  }
  answer.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  answer.flushHeaders()
  for (const piece of sent.pieces) {
    if (answer.destroyed) return
    answer.write(piece)
    if (paceMs > 0) await wait(paceMs)
  }
  answer.end()
}
