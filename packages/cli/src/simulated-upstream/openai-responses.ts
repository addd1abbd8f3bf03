import { type Asked, contentText, countOf, type Fields, fieldsOf, listOf, textOf } from './asked.ts'
import type { Reply } from './compose-reply.ts'
import { namedEvent } from './event-stream.ts'

/** Reads a Responses request. */
export const readResponsesRequest = (body: Fields): Asked => {
  const items = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : listOf(body['input'])
  const messages = items.map(fieldsOf)
  const effort = textOf(fieldsOf(body['reasoning'])['effort'])
  const written = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => contentText(content))
  return {
    model: textOf(body['model']) ?? '',
    stream: body['stream'] === true,
    limit: countOf(body['max_output_tokens']),
    tools: body['tool_choice'] === 'none' ? [] : listOf(body['tools']).flatMap(readTool),
    hasToolResult: messages.at(-1)?.['type'] === 'function_call_output',
    thinks: effort !== undefined && effort !== 'none' && effort !== 'minimal',
    prefix: [textOf(body['instructions']) ?? '', ...written].join('\n'),
    question: contentText(messages.findLast(({ role }) => role === 'user')?.['content']),
  }
}

/** Built-in tools are not simulated. */
const readTool = (tool: unknown) => {
  const { type, name, parameters } = fieldsOf(tool)
  return type === 'function' && typeof name === 'string' ? [{ name, schema: parameters }] : []
}

/** The whole answer. */
export const responseOf = (reply: Reply, asked: Asked) => {
  const isCut = reply.stop === 'limit'
  return {
    ...envelopeOf(asked),
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: itemsOf(reply).map(({ item }) => item),
    usage: {
      input_tokens: reply.usage.input + reply.usage.cacheRead + reply.usage.cacheWrite,
      input_tokens_details: { cached_tokens: reply.usage.cacheRead },
      output_tokens: reply.usage.output,
      output_tokens_details: { reasoning_tokens: reply.usage.reasoning },
      total_tokens: reply.usage.input + reply.usage.cacheRead + reply.usage.cacheWrite + reply.usage.output,
    },
  }
}

/** The same answer as a stream, which ends without a `[DONE]`. */
export const responseEvents = (reply: Reply, asked: Asked): readonly string[] => {
  const running = { ...envelopeOf(asked), status: 'in_progress', incomplete_details: null, output: [], usage: null }
  const finished = responseOf(reply, asked)
  const events = [
    { type: 'response.created', response: running },
    { type: 'response.in_progress', response: running },
    ...itemsOf(reply).flatMap(({ events }, index) => events.map((event) => ({ ...event, output_index: index }))),
    { type: `response.${finished.status}`, response: finished },
  ]
  return events.map((event, index) => namedEvent({ ...event, sequence_number: index }))
}

const envelopeOf = ({ model }: Asked) => ({
  id: 'resp_simulated',
  object: 'response',
  created_at: 1_795_132_800,
  error: null,
  instructions: null,
  model,
  parallel_tool_calls: true,
  previous_response_id: null,
  service_tier: 'default',
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  metadata: {},
})

interface Item {
  readonly item: Fields
  readonly events: readonly ({ readonly type: string } & Fields)[]
}

const itemsOf = ({ usage, text, toolCall }: Reply): readonly Item[] => [
  ...(usage.reasoning === 0 ? [] : [reasoningItem()]),
  ...(text.length === 0 ? [] : [messageItem(text)]),
  ...(toolCall === undefined ? [] : [callItem(toolCall)]),
]

const reasoningItem = (): Item => {
  const item = { id: 'rs_simulated', type: 'reasoning', summary: [] }
  return {
    item,
    events: [
      { type: 'response.output_item.added', item },
      { type: 'response.output_item.done', item },
    ],
  }
}

const messageItem = (pieces: readonly string[]): Item => {
  const id = 'msg_simulated'
  const partOf = (text: string) => ({ type: 'output_text', annotations: [], logprobs: [], text })
  const item = { id, type: 'message', status: 'completed', role: 'assistant', content: [partOf(pieces.join(''))] }
  const place = { item_id: id, content_index: 0 }
  return {
    item,
    events: [
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress', content: [] } },
      { type: 'response.content_part.added', ...place, part: partOf('') },
      ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
      { type: 'response.output_text.done', ...place, text: pieces.join(''), logprobs: [] },
      { type: 'response.content_part.done', ...place, part: partOf(pieces.join('')) },
      { type: 'response.output_item.done', item },
    ],
  }
}

const callItem = ({ name, arguments: input }: NonNullable<Reply['toolCall']>): Item => {
  const id = 'fc_simulated'
  const written = JSON.stringify(input)
  const item = { id, type: 'function_call', status: 'completed', call_id: 'call_simulated', name, arguments: written }
  return {
    item,
    events: [
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress', arguments: '' } },
      ...(written.match(/.{1,12}/g) ?? []).map((delta) => ({
        type: 'response.function_call_arguments.delta',
        item_id: id,
        delta,
      })),
      { type: 'response.function_call_arguments.done', item_id: id, name, arguments: written },
      { type: 'response.output_item.done', item },
    ],
  }
}
