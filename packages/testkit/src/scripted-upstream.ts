import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDeferred, type Deferred } from './deferred.ts'
import type { ScriptedAnswer } from './scripted-answer.ts'
import { sendAnswer } from './send-answer.ts'

/** One request as it arrived, byte for byte. */
export interface ScriptedRequest {
  readonly method: string
  /** The request target as on the request line: path and query, undecoded. */
  readonly url: string
  /** Names and values alternating, in order and case as received. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** The header's first value, by lower-case name. */
  header(name: string): string | undefined
  /** Every value of the header, in order, by lower-case name. */
  headerValues(name: string): readonly string[]
  /** Resolves when the exchange is over: `true` if the client got a complete answer, `false` if it went away or was cut. */
  readonly finished: Promise<boolean>
}

/** One answer for every request, one per request in order, or a function of the request. */
export type UpstreamScript =
  | ScriptedAnswer
  | readonly ScriptedAnswer[]
  | ((request: ScriptedRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>)

/** A provider that does exactly what a test says. */
export interface ScriptedUpstream {
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly origin: string
  /** Every complete request so far, in order of arrival. */
  readonly requests: readonly ScriptedRequest[]
  /** Resolves with the n-th request (1-based) as soon as its body has arrived. */
  received(count: number): Promise<ScriptedRequest>
  /** Cuts every connection and frees the port. */
  close(): Promise<void>
}

const headerValues = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

const recordRequest = async (message: IncomingMessage, response: ServerResponse): Promise<ScriptedRequest> => {
  const finished = new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(response.writableFinished))
  })
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  const { rawHeaders } = message
  return {
    method: message.method ?? '',
    url: message.url ?? '',
    rawHeaders,
    body: Buffer.concat(pieces),
    header: (name) => headerValues(rawHeaders, name)[0],
    headerValues: (name) => headerValues(rawHeaders, name),
    finished,
  }
}

const beyondScript = (index: number): ScriptedAnswer => ({
  status: 599,
  headers: { 'content-type': 'text/plain' },
  body: `The script has no answer for request ${index + 1}.`,
})

const answerFor = async (script: UpstreamScript, request: ScriptedRequest, index: number): Promise<ScriptedAnswer> => {
  if (typeof script === 'function') return script(request, index)
  if (Array.isArray(script)) return (script as readonly ScriptedAnswer[])[index] ?? beyondScript(index)
  return script as ScriptedAnswer
}

interface Recording {
  readonly requests: ScriptedRequest[]
  add(request: ScriptedRequest): number
  received(count: number): Promise<ScriptedRequest>
}

const createRecording = (): Recording => {
  const requests: ScriptedRequest[] = []
  const waiting = new Map<number, Deferred<ScriptedRequest>>()
  return {
    requests,
    add: (request) => {
      const count = requests.push(request)
      waiting.get(count)?.resolve(request)
      waiting.delete(count)
      return count - 1
    },
    received: async (count) => {
      const present = requests[count - 1]
      if (present !== undefined) return present
      const pending = waiting.get(count) ?? createDeferred<ScriptedRequest>()
      waiting.set(count, pending)
      return pending.promise
    },
  }
}

/**
 * Starts a provider on a free loopback port. A script that runs out answers 599, a script function that throws cuts the
 * connection. `keep: false` records nothing, for long replays.
 */
export const startScriptedUpstream = async (
  script: UpstreamScript,
  { keep = true }: { readonly keep?: boolean } = {},
): Promise<ScriptedUpstream> => {
  const recording = createRecording()
  let arrivals = 0
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await recordRequest(message, response)
    const index = arrivals++
    if (keep) recording.add(request)
    await sendAnswer(response, await answerFor(script, request, index))
  }
  const server = createServer((message, response) => {
    // A client that goes away mid-request, or a script that throws, ends this exchange and no other.
    answer(message, response).catch(() => message.socket.destroy())
  })
  // Proxies keep idle connections; a server that closes them after 5 s (the default) races their next request.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: recording.requests,
    received: recording.received,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
