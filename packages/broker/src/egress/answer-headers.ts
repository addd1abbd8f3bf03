import { headerNames } from '@vendo/contract'
import type { HeaderList } from './http1/header-list.ts'

/** Not passed back: they are about the provider's hop, or set state for its own origin on the client. */
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'strict-transport-security',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'timing-allow-origin',
])

/** What the headers of one relayed answer are made from. */
export interface AnswerHeadersInput {
  readonly headers: HeaderList
  readonly requestId: string
  /** The injected credential, blanked wherever the provider echoes it. */
  readonly maskHeader: (value: string) => string
  /** Whether the credential stands in a name: such a header is left out. Default: in none. */
  readonly isSecretName?: (name: string) => boolean
  /** The broker edits the body, so its length is no longer the provider's. */
  readonly edited: boolean
  /** How long the body is, where all of it is there: chunks of the provider's name no length. */
  readonly wholeBytes?: number | undefined
}

/** The headers of the answer to the client, as Node's flat list: the provider's own, less those of its hop, plus the request id. */
export const answerHeaders = (input: AnswerHeadersInput): string[] => {
  const { headers, requestId, maskHeader, isSecretName, edited, wholeBytes } = input
  const answer: string[] = []
  const { flat } = headers
  const listed = connectionListed(headers.get('connection'))
  let length = wholeBytes === undefined ? undefined : String(wholeBytes)
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] as string
    const value = flat[index + 1] as string
    // The length comes last: once Node knows it, it takes a content-disposition for UTF-8 and spoils its bytes.
    if (name === 'content-length') length = value
    else if (!isDropped(name) && !listed?.includes(name) && isSecretName?.(name) !== true)
      answer.push(name, maskHeader(value))
  }
  if (!edited && length !== undefined) answer.push('content-length', length)
  answer.push(headerNames.requestId, requestId)
  if (isEventStream(headers)) answer.push('x-accel-buffering', 'no')
  else if (!isJson(headers.get('content-type'))) answer.push(...inert)
  return answer
}

/**
 * The one thing that is added to what a provider says of its answer: a browser must not run a page, a picture or whatever else
 * of the provider's on the origin of the broker. A second policy beside the provider's own can only forbid more.
 */
const inert = ['content-security-policy', 'sandbox', 'x-content-type-options', 'nosniff']

const isJson = (type: string | undefined): boolean => {
  if (type === undefined) return false
  if (type === 'application/json') return true
  const essence = (type.split(';', 1)[0] as string).trim().toLowerCase()
  return /^application\/([a-z0-9!#$&^_.-]+\+)?json$/.test(essence)
}

const isDropped = (name: string): boolean =>
  dropped.has(name) ||
  // Which pages may read an answer is the operator's decision.
  name.startsWith('access-control-') ||
  name.startsWith('vendo-') ||
  name.startsWith('x-vendo-')

/** Headers that `Connection` names are hop-by-hop too; undefined for the usual values, which name none. */
const connectionListed = (value: string | undefined): readonly string[] | undefined => {
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined
  return (
    value
      .split(',')
      .map((name) => name.trim().toLowerCase())
      // A provider cannot have the headers dropped that say how to read its body.
      .filter((name) => !framing.has(name))
  )
}

const framing = new Set(['content-encoding', 'content-length', 'content-type'])

/** Whether an answer is a server-sent event stream. */
export const isEventStream = (headers: HeaderList): boolean =>
  headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true
