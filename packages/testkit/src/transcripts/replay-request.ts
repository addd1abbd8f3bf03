import type { Transcript } from '../replay.ts'
import type { Family } from './families.ts'

/** The request to send through the broker for one recording. */
export interface ReplayRequest {
  readonly method: string
  /** Path and query below the provider's base URL, as recorded. */
  readonly path: string
  /** Without any credential. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** A chat call to a provider whose streams report usage only if asked. */
  readonly asksForChatUsage: boolean
  /** The named exception: a chat stream whose client does not ask for usage, so the broker asks and hides the answer. */
  readonly hidesUsage: boolean
  /** Every model that the request names. */
  readonly models: readonly string[]
}

/** Headers that the client sets by itself, or that the runner decides. */
const own: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'content-encoding',
])

type JsonObject = Readonly<Record<string, unknown>>

const parseObject = (bytes: Uint8Array | undefined): JsonObject => {
  if (bytes === undefined) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
  } catch {
    // Recordings of refused requests may hold anything; such a body names no model.
    return {}
  }
}

const pathOf = (uri: string): string => uri.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/'

const modelOf = ({ meta }: Transcript): string => meta.model ?? 'test-model'

const minimalPath = (transcript: Transcript, { path, streamPath }: Family): string =>
  (transcript.meta.stream ? (streamPath ?? path) : path).replace(':model', modelOf(transcript))

const minimalBody = (transcript: Transcript, family: Family): Buffer => {
  const inBody = { model: modelOf(transcript), ...(transcript.meta.stream && { stream: true }) }
  return Buffer.from(JSON.stringify({ ...(!family.path.includes(':model') && inBody), ...family.minimalBody }))
}

/** The model that a path of Gemini's names. */
const modelInPath = (path: string): string | undefined => /\/models\/([^/:?]+):/.exec(path)?.[1]

const takesBody = (method: string, path: string): boolean => method === 'POST' && !/\/cancel(?:\?|$)/.test(path)

const namedModels = (value: unknown, found: Set<string>): void => {
  if (Array.isArray(value)) for (const entry of value) namedModels(entry, found)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [name, member] of Object.entries(value)) {
    if (name === 'model' && typeof member === 'string') found.add(member)
    else if (name === 'models' && Array.isArray(member)) for (const model of member) found.add(String(model))
    else namedModels(member, found)
  }
}

const asksForUsage = (body: JsonObject): boolean =>
  (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true

/** The recorded request, or a minimal one made from the meta where none was recorded. */
export const replayRequest = (transcript: Transcript, family: Family): ReplayRequest => {
  const { meta } = transcript
  const path = meta.uri === undefined ? minimalPath(transcript, family) : pathOf(meta.uri)
  const method = meta.method ?? 'POST'
  const body = transcript.request ?? (takesBody(method, path) ? minimalBody(transcript, family) : undefined)
  const parsed = parseObject(body)
  const models = new Set<string>(meta.model === undefined ? [] : [meta.model])
  namedModels(parsed, models)
  const modelOfPath = modelInPath(path)
  if (modelOfPath !== undefined) models.add(modelOfPath)
  const headers: Record<string, string> = { 'accept-encoding': 'gzip, deflate, br, zstd' }
  for (const [name, value] of Object.entries(meta.requestHeaders)) if (!own.has(name)) headers[name] = value
  if (body !== undefined) headers['content-type'] ??= 'application/json'
  const chat = family.slug === 'openai' && path.split('?')[0]?.endsWith('/chat/completions') === true
  return {
    method,
    path,
    headers,
    asksForChatUsage: chat,
    hidesUsage: chat && parsed['stream'] === true && !asksForUsage(parsed),
    models: [...models],
    ...(body !== undefined && { body }),
  }
}

/**
 * The same request from a client that does not ask for usage, where the recorded one did; else undefined. The recorded
 * answer is then what the provider sends to the broker, which did ask, so this replays the named exception in full.
 */
export const withoutAskingForUsage = (request: ReplayRequest): ReplayRequest | undefined => {
  const parsed = parseObject(request.body)
  if (!request.asksForChatUsage || parsed['stream'] !== true || !asksForUsage(parsed)) return undefined
  const { stream_options: _, ...rest } = parsed
  return { ...request, body: Buffer.from(JSON.stringify(rest)), hidesUsage: true }
}
