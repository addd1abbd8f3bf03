import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// The provider of mock.c for machines without a C compiler: the same answers, at many times the cost.
const eventCount = 60
const usage = { input_tokens: 146, cache_creation_input_tokens: 0, cache_read_input_tokens: 64, output_tokens: 305 }
const text = Array.from({ length: 26 }, (_, index) => `Sentence ${index} of an "answer" that says little.`).join(' ')
const answerOf = (content: unknown) => ({
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'mock',
  content,
  stop_reason: null,
  usage,
})
const json = Buffer.from(JSON.stringify(answerOf([{ type: 'text', text }])))

const eventOf = (index: number): string => {
  const data = eventDataOf(index)
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

const eventDataOf = (index: number): { readonly type: string } & Record<string, unknown> => {
  if (index === 0) return { type: 'message_start', message: answerOf([]) }
  if (index === 1) return { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
  if (index === eventCount - 3) return { type: 'content_block_stop', index: 0 }
  if (index === eventCount - 2)
    return { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 57 } }
  if (index === eventCount - 1) return { type: 'message_stop' }
  return { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: `piece ${index} of "it"` } }
}
const events = Array.from({ length: eventCount }, (_, index) => eventOf(index))

const sendJson = (answer: ServerResponse): void => {
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length }).end(json)
}

const sendEvents = (answer: ServerResponse, everyMs: number): void => {
  answer.writeHead(200, { 'content-type': 'text/event-stream' })
  answer.flushHeaders()
  if (everyMs === 0) {
    for (const event of events) answer.write(event)
    answer.end()
    return
  }
  let sent = 0
  const clock = setInterval(() => {
    answer.write(events[sent++])
    if (sent < eventCount && !answer.destroyed) return
    clearInterval(clock)
    answer.end()
  }, everyMs)
}

const reply = (message: IncomingMessage, answer: ServerResponse): void => {
  let start = ''
  message.on('data', (piece: Buffer) => {
    if (start.length < 1024) start += piece.toString('latin1', 0, 1024)
  })
  message.on('end', () => {
    const [, kind = 'json', ms = '0'] = /"mock-([a-z]+)-?(\d*)/.exec(start) ?? []
    if (kind === 'sse' || kind === 'paced') sendEvents(answer, Number(ms))
    else if (kind === 'delay') setTimeout(sendJson, Number(ms), answer)
    else sendJson(answer)
  })
}

const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, reply)
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
