import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bench, CallRecord } from '../src/transcripts/open-bench.ts'

/** What the stand-in for the broker does wrong. */
export interface Faults {
  readonly body?: (bytes: Buffer) => Buffer
  readonly request?: (bytes: Buffer) => Buffer
  readonly status?: number
  /** Leaves this answer header out. */
  readonly drop?: string
  /** Answers this status itself. */
  readonly refuse?: number
  readonly cut?: boolean
  /** What its ledger says about every call; explicitly undefined = it has no row. */
  readonly call?: Partial<CallRecord> | undefined
}

/** A proxy that relays everything unchanged, but for its faults. */
export interface FaultyBroker {
  faults: Faults
  readonly bench: Bench
  close(): Promise<void>
}

const collect = async (message: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

const forward = (origin: string, message: IncomingMessage, body: Buffer): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { 'x-api-key': _, ...headers } = message.headers
    const path = (message.url ?? '').replace(/^\/[^/]+/, '')
    const options = { method: message.method ?? 'GET', path, headers: { ...headers, 'content-length': body.length } }
    request(origin, options, resolve).on('error', reject).end(body)
  })

const relay = async (
  message: IncomingMessage,
  response: ServerResponse,
  origin: string,
  faults: Faults,
): Promise<void> => {
  const sent = await collect(message)
  response.setHeader('x-vendo-request-id', `request_${Math.random()}`)
  if (faults.refuse !== undefined) {
    response.writeHead(faults.refuse).end('refused')
    return
  }
  const answer = await forward(origin, message, faults.request?.(sent) ?? sent)
  const body = await collect(answer)
  if (faults.cut === true) {
    response.destroy()
    return
  }
  for (const name of ['content-type', 'content-encoding']) {
    const value = answer.headers[name]
    if (typeof value === 'string') response.setHeader(name, value)
  }
  if (faults.drop !== undefined) response.removeHeader(faults.drop)
  response.writeHead(faults.status ?? answer.statusCode ?? 200).end(faults.body?.(body) ?? body)
}

const noCall = { quantities: {}, reasoningTokens: null, flags: [], listNanos: 0n }

/** Starts it on a free loopback port, in front of `upstreamOrigin`. */
export const startFaultyBroker = async (upstreamOrigin: string): Promise<FaultyBroker> => {
  const server = createServer((message, response) => {
    relay(message, response, upstreamOrigin, broker.faults).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bench: Bench = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    createKey: async () => ({ id: 'key_test', key: 'vendo_sk_test' }),
    settledCalls: async (_, requestIds) => {
      if ('call' in broker.faults && broker.faults.call === undefined) return new Map()
      const call = { ...noCall, ...broker.faults.call } as CallRecord
      return new Map(requestIds.map((id) => [id, call]))
    },
    verify: async () => ({ ok: true, accounts: 0, rows: 0, openHolds: 0, problems: [] }),
    close: async () => undefined,
  }
  const broker: FaultyBroker = {
    faults: {},
    bench,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return broker
}
