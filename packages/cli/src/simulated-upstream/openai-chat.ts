import { type Asked, contentText, countOf, type Fields, fieldsOf, listOf, textOf } from './asked.ts'
import type { Reply } from './compose-reply.ts'
import { bareEvent } from './event-stream.ts'

/** What OpenAI and OpenRouter write differently into the same format. */
export interface ChatDialect {
  readonly id: string
  /** Fields beside `choices`. */
  readonly envelope: Fields
  /** What the answer says it thought, where the dialect shows it. */
  readonly showsThinking: boolean
  readonly usageOf: (reply: Reply) => Fields
  /** A comment that the stream begins with. */
  readonly preamble: string
  /** The usage comes even when nobody asked for it. */
  readonly alwaysReportsUsage: boolean
}

/** Reads a chat completion request. */
export const readChatRequest = (body: Fields): Asked => {
  const messages = listOf(body['messages']).map(fieldsOf)
  const last = messages.at(-1) ?? {}
  const effort = textOf(body['reasoning_effort']) ?? textOf(fieldsOf(body['reasoning'])['effort'])
  return {
    model: textOf(body['model']) ?? '',
    stream: body['stream'] === true,
    limit: countOf(body['max_completion_tokens']) ?? countOf(body['max_tokens']),
    tools: body['tool_choice'] === 'none' ? [] : listOf(body['tools']).flatMap(readTool),
    hasToolResult: last['role'] === 'tool',
    thinks:
      (effort !== undefined && effort !== 'none' && effort !== 'minimal') ||
      fieldsOf(body['reasoning'])['enabled'] === true,
    prefix: messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => contentText(content))
      .join('\n'),
    question: contentText(messages.findLast(({ role }) => role === 'user')?.['content']),
  }
}

const readTool = (tool: unknown) => {
  const { name, parameters } = fieldsOf(fieldsOf(tool)['function'])
  return typeof name === 'string' ? [{ name, schema: parameters }] : []
}

/** The whole answer. */
export const completionOf = (reply: Reply, { model }: Asked, dialect: ChatDialect) => ({
  id: dialect.id,
  object: 'chat.completion',
  created: createdAt,
  model,
  ...dialect.envelope,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: reply.text.length === 0 ? null : reply.text.join(''),
        refusal: null,
        ...(dialect.showsThinking && { reasoning: reply.thinking.join('') || null }),
        ...(reply.toolCall !== undefined && { tool_calls: [toolCallOf(reply.toolCall)] }),
      },
      logprobs: null,
      finish_reason: finishReasons[reply.stop],
    },
  ],
  usage: dialect.usageOf(reply),
})

/** The same answer as a stream; the usage in a chunk of its own at the end. */
export const completionEvents = (
  reply: Reply,
  asked: Asked & { readonly includeUsage: boolean },
  dialect: ChatDialect,
): readonly string[] => {
  const head = {
    id: dialect.id,
    object: 'chat.completion.chunk',
    created: createdAt,
    model: asked.model,
    ...dialect.envelope,
  }
  const withUsage = asked.includeUsage || dialect.alwaysReportsUsage
  const chunk = (delta: Fields, finishReason: string | null = null) =>
    bareEvent({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(asked.includeUsage && !dialect.alwaysReportsUsage && { usage: null }),
    })
  return [
    ...(dialect.preamble === '' ? [] : [dialect.preamble]),
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...(dialect.showsThinking ? reply.thinking.map((reasoning) => chunk({ content: '', reasoning })) : []),
    ...reply.text.map((content) => chunk({ content })),
    ...toolCallDeltas(reply).map((call) => chunk({ tool_calls: [call] })),
    chunk({}, finishReasons[reply.stop]),
    ...(withUsage ? [bareEvent({ ...head, choices: [], usage: dialect.usageOf(reply) })] : []),
    'data: [DONE]\n\n',
  ]
}

const createdAt = 1_795_132_800

const finishReasons = { end: 'stop', limit: 'length', tool: 'tool_calls' } as const

const toolCallOf = ({ name, arguments: input }: NonNullable<Reply['toolCall']>) => ({
  id: 'call_simulated',
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
})

const toolCallDeltas = ({ toolCall }: Reply): readonly Fields[] => {
  if (toolCall === undefined) return []
  const call = toolCallOf(toolCall)
  return [
    { index: 0, ...call, function: { name: toolCall.name, arguments: '' } },
    ...(call.function.arguments.match(/.{1,12}/g) ?? []).map((piece) => ({ index: 0, function: { arguments: piece } })),
  ]
}

/** Whether the request wants the usage at the end of its stream. */
export const asksForUsage = (body: Fields): boolean => fieldsOf(body['stream_options'])['include_usage'] === true
