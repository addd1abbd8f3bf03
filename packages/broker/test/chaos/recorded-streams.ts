import { loadTranscripts, perEvent, recordingSets, recordingsRoot, type Transcript } from '@vendo/testkit'
import { createUsageReader } from '@vendo/wire'
import { anthropicRequest, chatEventsWithUsage, chatRequest, messageEvents } from '../answers.ts'

/** One streamed exchange to be replayed. */
export interface RecordedStream {
  readonly name: string
  readonly path: string
  readonly request: string
  readonly body: Buffer
  /** Input tokens as the first event says them, on the formats that say so. */
  readonly earlyInput: number | undefined
}

const slugOf: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  openrouter: 'openrouter',
}

/** The streams of the largest set of recordings at hand, some that were written by hand, and which set it was. */
export const loadStreams = async (): Promise<{
  readonly from: string
  readonly streams: readonly RecordedStream[]
}> => {
  const { set, root } = recordingSets().at(-1) ?? { set: '', root: recordingsRoot }
  const streams: RecordedStream[] = [...handWritten]
  for await (const transcript of loadTranscripts(root)) {
    const stream = streamOf(transcript)
    if (stream !== undefined) streams.push(stream)
  }
  return { from: set, streams }
}

const streamOf = ({ provider, id, request, response, streamed, meta }: Transcript): RecordedStream | undefined => {
  const slug = slugOf[provider]
  if (slug === undefined || !streamed || meta.status !== 200 || request === undefined || meta.uri === undefined) return
  const { pathname } = new URL(meta.uri)
  return {
    name: `${provider}/${id}`,
    path: `/${slug}${pathname}`,
    request: request.toString(),
    body: response,
    earlyInput: provider === 'anthropic' ? inputAtStart(response) : undefined,
  }
}

const inputAtStart = (body: Buffer): number | undefined => {
  const [first] = perEvent(body)
  const reader = createUsageReader({ wireFormat: 'anthropic-messages', contentType: 'sse' })
  if (first !== undefined) reader.push(first)
  return reader.read().usage?.quantities.input
}

const handWritten: readonly RecordedStream[] = [
  {
    name: 'anthropic/by-hand',
    path: '/anthropic/v1/messages',
    request: JSON.stringify(anthropicRequest({ stream: true })),
    body: Buffer.from(messageEvents.join('')),
    earlyInput: 1_000,
  },
  {
    name: 'openai-chat/by-hand',
    path: '/openai/v1/chat/completions',
    request: JSON.stringify(chatRequest({ stream: true })),
    body: Buffer.from(chatEventsWithUsage.join('')),
    earlyInput: undefined,
  },
]
