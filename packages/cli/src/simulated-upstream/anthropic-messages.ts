import { type Asked, contentText, countOf, type Fields, fieldsOf, listOf, textOf } from './asked.ts'
import type { Reply } from './compose-reply.ts'
import { namedEvent } from './event-stream.ts'

/** Reads a Messages request. */
export const readMessagesRequest = (body: Fields): Asked => {
  const messages = listOf(body['messages']).map(fieldsOf)
  const last = messages.at(-1) ?? {}
  const thinking = textOf(fieldsOf(body['thinking'])['type'])
  return {
    model: textOf(body['model']) ?? '',
    stream: body['stream'] === true,
    limit: countOf(body['max_tokens']),
    tools: fieldsOf(body['tool_choice'])['type'] === 'none' ? [] : listOf(body['tools']).flatMap(readTool),
    hasToolResult: listOf(last['content']).some((block) => fieldsOf(block)['type'] === 'tool_result'),
    thinks: thinking === 'enabled' || thinking === 'adaptive',
    prefix: readPrefix(body),
    question: contentText(last['content']),
  }
}

/** Server tools have a `type` of their own and are not simulated. */
const readTool = (tool: unknown) => {
  const { name, type, input_schema: schema } = fieldsOf(tool)
  const isCustom = type === undefined || type === null || type === 'custom'
  return typeof name === 'string' && isCustom ? [{ name, schema }] : []
}

const readPrefix = (body: Fields): string | undefined => {
  const blocks = listOf(body['system'])
  const isMarked = [body, ...blocks.map(fieldsOf)].some(
    (holder) => fieldsOf(holder['cache_control'])['type'] !== undefined,
  )
  return isMarked ? contentText(body['system']) : undefined
}

/** The whole answer as one message. */
export const messageOf = (reply: Reply, { model }: Asked) => ({
  ...envelopeOf(model),
  content: blocksOf(reply).map(({ block }) => block),
  stop_reason: stopReasons[reply.stop],
  usage: usageOf(reply),
})

/** The same answer as a stream. The start knows the input, the end the output. */
export const messageEvents = (reply: Reply, { model }: Asked): readonly string[] => [
  namedEvent({
    type: 'message_start',
    message: { ...envelopeOf(model), content: [], stop_reason: null, usage: { ...usageOf(reply), output_tokens: 1 } },
  }),
  ...blocksOf(reply).flatMap(({ start, deltas }, index) => [
    namedEvent({ type: 'content_block_start', index, content_block: start }),
    ...(index === 0 ? [namedEvent({ type: 'ping' })] : []),
    ...deltas.map((delta) => namedEvent({ type: 'content_block_delta', index, delta })),
    namedEvent({ type: 'content_block_stop', index }),
  ]),
  namedEvent({
    type: 'message_delta',
    delta: { stop_reason: stopReasons[reply.stop], stop_sequence: null },
    usage: usageOf(reply),
  }),
  namedEvent({ type: 'message_stop' }),
]

const stopReasons = { end: 'end_turn', limit: 'max_tokens', tool: 'tool_use' } as const

const envelopeOf = (model: string) => ({
  id: 'msg_simulated',
  type: 'message',
  role: 'assistant',
  model,
  stop_sequence: null,
})

const usageOf = ({ usage }: Reply) => ({
  input_tokens: usage.input,
  cache_creation_input_tokens: usage.cacheWrite,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: 0 },
  output_tokens: usage.output,
  service_tier: 'standard',
})

const blocksOf = ({ thinking, text, toolCall }: Reply) => [
  ...(thinking.length === 0 ? [] : [thinkingBlock(thinking)]),
  ...(text.length === 0 ? [] : [textBlock(text)]),
  ...(toolCall === undefined ? [] : [toolBlock(toolCall)]),
]

const thinkingBlock = (pieces: readonly string[]) => ({
  block: { type: 'thinking', thinking: pieces.join(''), signature: 'simulated' },
  start: { type: 'thinking', thinking: '', signature: '' },
  deltas: [
    ...pieces.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
    { type: 'signature_delta', signature: 'simulated' },
  ],
})

const textBlock = (pieces: readonly string[]) => ({
  block: { type: 'text', text: pieces.join('') },
  start: { type: 'text', text: '' },
  deltas: pieces.map((text) => ({ type: 'text_delta', text })),
})

const toolBlock = ({ name, arguments: input }: NonNullable<Reply['toolCall']>) => ({
  block: { type: 'tool_use', id: 'toolu_simulated', name, input },
  start: { type: 'tool_use', id: 'toolu_simulated', name, input: {} },
  deltas: ['', ...piecesOfJson(input)].map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
})

const piecesOfJson = (value: unknown): readonly string[] => JSON.stringify(value).match(/.{1,12}/g) ?? []
