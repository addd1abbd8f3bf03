import Anthropic from '@anthropic-ai/sdk'
import type { ScriptedAnswer } from '@vendo/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatEventsWithUsage, messageEvents } from '../answers.ts'
import { startTestBroker, type TestBroker } from '../harness.ts'

const event = (type: string, rest: Record<string, unknown>) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`

const response = (status: string, rest: Record<string, unknown> = {}) => ({
  response: { id: 'resp_1', object: 'response', status, model: 'gpt-4o-mini', output: [], ...rest },
})
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
const text = { type: 'output_text', text: 'Hello.', annotations: [] }
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const responseEvents: readonly string[] = [
  event('response.created', { sequence_number: 0, ...response('in_progress') }),
  event('response.output_item.added', { sequence_number: 1, output_index: 0, item }),
  event('response.content_part.added', {
    sequence_number: 2,
    ...at,
    part: { type: 'output_text', text: '', annotations: [] },
  }),
  event('response.output_text.delta', { sequence_number: 3, ...at, delta: 'Hello.', logprobs: [] }),
  event('response.output_text.done', { sequence_number: 4, ...at, text: 'Hello.', logprobs: [] }),
  event('response.content_part.done', { sequence_number: 5, ...at, part: text }),
  event('response.output_item.done', {
    sequence_number: 6,
    output_index: 0,
    item: { ...item, status: 'completed', content: [text] },
  }),
  event('response.completed', {
    sequence_number: 7,
    ...response('completed', { usage: { input_tokens: 1000, output_tokens: 50, total_tokens: 1050 } }),
  }),
]

let broker: TestBroker
let answer: ScriptedAnswer
beforeAll(async () => {
  broker = await startTestBroker({ script: () => answer, broker: { timeouts: { idleMs: 300 } } })
})
afterAll(async () => {
  await broker.calls()
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

const anthropic = () => new Anthropic({ apiKey: broker.key, baseURL: `${broker.url}/anthropic`, logLevel: 'off' })
const openai = () => new OpenAI({ apiKey: broker.key, baseURL: `${broker.url}/openai/v1`, logLevel: 'off' })
const messages = [{ role: 'user' as const, content: 'Hi' }]
const anthropicBody = { model: 'claude-haiku-4-5', max_tokens: 200, messages }
const chatBody = { model: 'gpt-4o-mini', max_completion_tokens: 200, messages }
const responsesBody = { model: 'gpt-4o-mini', max_output_tokens: 200, input: 'Hi' }

const drain = async (stream: AsyncIterable<unknown>): Promise<number> => {
  let count = 0
  for await (const _event of stream) count++
  return count
}

const readers = {
  'anthropic messages.stream': [messageEvents, () => anthropic().messages.stream(anthropicBody).finalMessage()],
  'anthropic messages.stream, iterated': [messageEvents, () => drain(anthropic().messages.stream(anthropicBody))],
  'anthropic create, iterated': [
    messageEvents,
    async () => drain(await anthropic().messages.create({ ...anthropicBody, stream: true })),
  ],
  'openai chat create, iterated': [
    chatEventsWithUsage,
    async () =>
      drain(
        await openai().chat.completions.create({ ...chatBody, stream: true, stream_options: { include_usage: true } }),
      ),
  ],
  'openai chat create, usage asked for by the broker': [
    chatEventsWithUsage,
    async () => drain(await openai().chat.completions.create({ ...chatBody, stream: true })),
  ],
  'openai chat stream': [
    chatEventsWithUsage,
    () =>
      openai()
        .chat.completions.stream({ ...chatBody, stream: true })
        .finalChatCompletion(),
  ],
  'openai responses create, iterated': [
    responseEvents,
    async () => drain(await openai().responses.create({ ...responsesBody, stream: true })),
  ],
  'openai responses.stream': [responseEvents, () => openai().responses.stream(responsesBody).finalResponse()],
} as const satisfies Record<string, readonly [readonly string[], () => Promise<unknown>]>

type Reader = keyof typeof readers

const streamed = (body: readonly string[], rest: Partial<ScriptedAnswer> = {}): ScriptedAnswer => ({
  headers: { 'content-type': 'text/event-stream' },
  body,
  ...rest,
})

const deaths: Readonly<Record<string, (events: readonly string[]) => ScriptedAnswer>> = {
  'between events': (events) => streamed(events.slice(0, 2), { end: 'destroy' }),
  'inside an event': (events) =>
    streamed([...events.slice(0, 1), (events[1] as string).slice(0, 40)], { end: 'destroy' }),
  'after the last text, before the end': (events) => streamed(events.slice(0, -1), { end: 'destroy' }),
  'by a reset': (events) => streamed(events.slice(0, 2), { end: 'reset' }),
  'inside gzip': (events) => streamed(events.slice(0, 2), { end: 'destroy', encoding: 'gzip' }),
}

describe('a whole stream is read to its end by', () => {
  it.each(Object.keys(readers) as Reader[])('%s', async (name) => {
    const [events, read] = readers[name]
    answer = streamed(events)
    await expect(read()).resolves.toBeDefined()
  })
})

describe('a stream whose provider dies makes the official SDK throw:', () => {
  it.each(
    (Object.keys(readers) as Reader[]).flatMap((name) => Object.keys(deaths).map((death) => [name, death] as const)),
  )('%s, %s', async (name, death) => {
    const [events, read] = readers[name]
    const before = broker.upstream.requests.length
    answer = deaths[death]!(events)
    await expect(read()).rejects.toThrow(Error)
    expect(broker.upstream.requests.length - before).toBe(1)
  })

  it('all of them, by silence', async () => {
    for (const events of [messageEvents, chatEventsWithUsage, responseEvents]) {
      answer = streamed(events.slice(0, 2), { end: 'hang' })
      const reads = Object.values(readers).filter(([of]) => of === events)
      await Promise.all(reads.map(([, read]) => expect(read()).rejects.toThrow(Error)))
    }
  })
})
