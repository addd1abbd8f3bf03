import { isDeepStrictEqual } from 'node:util'
import type { Replay } from '../replay-answer.ts'
import type { ScriptedRequest } from '../scripted-upstream.ts'
import { compareBytes } from './compare-body.ts'
import { compareChatStream } from './compare-chat-stream.ts'
import type { ReplayRequest } from './replay-request.ts'
import type { RawAnswer } from './send-raw.ts'

/** Both sides of one call through the broker. */
export interface Exchange {
  /** What the client sent and received. */
  readonly request: ReplayRequest
  readonly answer: RawAnswer
  /** What the provider received and sent; undefined when the broker never called it. */
  readonly upstream: { readonly request: ScriptedRequest; readonly replay: Replay } | undefined
}

/** Headers without which the client could not read the body. */
const bodyHeaders = ['content-type', 'content-encoding'] as const

const usageAdded = (sent: Uint8Array, received: Uint8Array): boolean => {
  try {
    const before = JSON.parse(Buffer.from(sent).toString('utf8')) as Record<string, unknown>
    const after = JSON.parse(Buffer.from(received).toString('utf8')) as Record<string, unknown>
    const options = (before['stream_options'] ?? {}) as object
    return isDeepStrictEqual(after, { ...before, stream_options: { ...options, include_usage: true } })
  } catch {
    // What the provider got is no JSON any more.
    return false
  }
}

const compareRequest = ({ request, upstream }: Exchange): readonly string[] => {
  if (upstream === undefined) return []
  const sent = request.body ?? Buffer.alloc(0)
  const received = upstream.request.body
  if (request.hidesUsage) {
    return usageAdded(sent, received) ? [] : ['the provider was not asked for usage, or for more than that']
  }
  const difference = compareBytes(sent, received)
  return difference === undefined ? [] : [`request ${difference}`]
}

/** One sentence or small diff for each way in which the broker did not pass the exchange on as it must; none = right. */
export const compareExchange = (exchange: Exchange): readonly string[] => {
  const { request, answer, upstream } = exchange
  if (upstream === undefined) {
    return [`the provider was never called: status ${answer.status}, ${answer.body.toString('utf8').slice(0, 200)}`]
  }
  const { sent, answer: scripted } = upstream.replay
  const found: string[] = []
  if (answer.status !== scripted.status) found.push(`status: ${scripted.status} sent, ${answer.status} received`)
  for (const name of bodyHeaders) {
    const want = scripted.headers?.[name]
    if (answer.headers[name] !== want) found.push(`${name}: ${want} sent, ${answer.headers[name]} received`)
  }
  const streamed = String(scripted.headers?.['content-type'] ?? '').startsWith('text/event-stream')
  const compare = request.hidesUsage && streamed ? compareChatStream : compareBytes
  const difference = compare(sent, answer.body)
  if (difference !== undefined) found.push(difference)
  return [...found, ...compareRequest(exchange)]
}
