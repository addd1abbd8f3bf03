import { Agent } from 'node:http'
import type { ScriptedAnswer } from '../scripted-answer.ts'
import { startScriptedUpstream } from '../scripted-upstream.ts'
import { openBench } from '../transcripts/open-bench.ts'
import { sendRaw } from '../transcripts/send-raw.ts'

/** One request as a client sent it. */
export interface ClientRequest {
  readonly client: string
  readonly method: string
  /** Path and query, as the client calls them at the provider. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A request that the broker did not let through unchanged. */
export interface Refused {
  readonly request: ClientRequest
  readonly problem: string
}

const slugs = ['anthropic', 'gemini', 'openai', 'openrouter']

/** The provider that a client speaks to, by the path that it calls. */
const slugOf = ({ url, client }: ClientRequest): string => {
  if (url.startsWith('/api/v1/')) return 'openrouter'
  if (/^\/v1(beta)?\/models\/[^/]+:/.test(url)) return 'gemini'
  return url.startsWith('/v1/messages') || (url === '/v1/models' && client.startsWith('anthropic'))
    ? 'anthropic'
    : 'openai'
}

const carriers = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']

/** The client's own headers, with our key wherever it sent one. */
const headersOf = ({ headers }: ClientRequest, key: string): Record<string, string> => {
  const own = Object.entries(headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name))
  return Object.fromEntries(
    own.map(([name, value]) => [name, carriers.includes(name) ? value.replace(/\S+$/, key) : value]),
  )
}

/** A model that has rates, for clients that were recorded with a made-up one: what has a price is checked more closely. */
const pricedModels: Readonly<Record<string, string>> = {
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  openai: 'gpt-5-mini',
  openrouter: 'anthropic/claude-haiku-4.5',
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The request as it was recorded, and the same for a model that has rates. */
const variantsOf = (request: ClientRequest): readonly ClientRequest[] => {
  const { url, body } = request
  const priced = url.endsWith('/embeddings') ? 'text-embedding-3-small' : (pricedModels[slugOf(request)] ?? '')
  const named = isRecord(body) && 'model' in body ? { ...body, model: priced } : body
  const moved = url.replace('/models/stub:', `/models/${priced}:`)
  return named === body && moved === url ? [request] : [request, { ...request, url: moved, body: named }]
}

const answer: ScriptedAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }

/**
 * Sends requests through a real broker on an own credential without a spend limit, where nothing may be refused, and
 * returns those that were refused, flagged as not understood, or changed on their way.
 */
export const runClientRequests = async (requests: readonly ClientRequest[]): Promise<readonly Refused[]> => {
  let arrived: string | undefined
  const upstream = await startScriptedUpstream((request) => {
    arrived = request.body.toString()
    return answer
  })
  const bench = await openBench({ upstreamOrigin: upstream.origin, slugs, models: [] })
  const agent = new Agent({ keepAlive: true })
  const refused: Refused[] = []
  try {
    const { id, key } = await bench.createKey('own')
    for (const request of requests.flatMap(variantsOf)) {
      arrived = undefined
      const body = request.body === null ? undefined : Buffer.from(JSON.stringify(request.body))
      const sent = await sendRaw(
        { method: request.method, path: request.url, headers: {}, ...(body !== undefined && { body }) },
        { baseUrl: `${bench.url}/${slugOf(request)}`, agent, headers: headersOf(request, key), timeoutMs: 10_000 },
      )
      const requestId = String(sent.headers['x-vendo-request-id'])
      const code = sent.headers['vendo-error-code']
      // A refused request has no row to wait for.
      const calls = code === undefined ? await bench.settledCalls(id, [requestId]) : undefined
      const flags = calls?.get(requestId)?.flags ?? []
      const problem = problemOf({ code, text: sent.body.toString(), flags })
      if (problem !== undefined) refused.push({ request, problem })
      else if (body !== undefined && arrived !== body.toString() && !asksForUsage(request)) {
        refused.push({ request, problem: 'the provider got other bytes' })
      }
    }
  } finally {
    agent.destroy()
    await bench.close()
    await upstream.close()
  }
  return refused
}

/** The one request whose bytes the broker adds to: a chat stream whose client did not ask for the usage. */
const asksForUsage = ({ url, body }: ClientRequest): boolean =>
  url.endsWith('/chat/completions') && (body as { stream?: unknown } | null)?.stream === true

const problemOf = ({
  code,
  text,
  flags,
}: {
  readonly code: string | readonly string[] | undefined
  readonly text: string
  readonly flags: readonly string[]
}): string | undefined => {
  if (code !== undefined) return `${String(code)}: ${text.slice(0, 300)}`
  return flags.find((flag) => flag.startsWith('not_understood:'))
}
