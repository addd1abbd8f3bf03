import { eventStreamAnswer, jsonAnswer, type ScriptedAnswer } from '@vendo/testkit'

/** Hand-written answers with round numbers, so that a test can say what they cost. */
export const message = (usage: Record<string, unknown> = { input_tokens: 1000, output_tokens: 100 }) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5-20251001',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { ...usage, service_tier: 'standard' },
})

export const messageAnswer = (usage?: Record<string, unknown>): ScriptedAnswer => jsonAnswer(message(usage))

const event = (data: Record<string, unknown>) => `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`

/** An Anthropic stream of five events: 1000 tokens in, 100 out. */
export const messageEvents: readonly string[] = [
  event({
    type: 'message_start',
    message: { ...message({ input_tokens: 1000, output_tokens: 1 }), content: [], stop_reason: null },
  }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello.' } }),
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 100 } }),
  event({ type: 'message_stop' }),
]

export const messageStream = (): ScriptedAnswer => eventStreamAnswer(messageEvents)

const chunk = (rest: Record<string, unknown>) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o-mini', ...rest })}\n\n`

/** An OpenAI chat stream as it looks when usage was asked for: 1000 tokens in, of which 200 cached, 50 out. */
export const chatEventsWithUsage: readonly string[] = [
  chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: null }], usage: null }),
  chunk({ choices: [{ index: 0, delta: { content: 'lo.' }, finish_reason: 'stop' }], usage: null }),
  chunk({
    choices: [],
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1050,
      prompt_tokens_details: { cached_tokens: 200 },
    },
  }),
  'data: [DONE]\n\n',
]

export const chatStreamWithUsage = (): ScriptedAnswer => eventStreamAnswer(chatEventsWithUsage)

export const anthropicRequest = (rest: Record<string, unknown> = {}) => ({
  model: 'claude-haiku-4-5',
  max_tokens: 200,
  messages: [{ role: 'user', content: 'Hi' }],
  ...rest,
})

export const chatRequest = (rest: Record<string, unknown> = {}) => ({
  model: 'gpt-4o-mini',
  max_completion_tokens: 200,
  messages: [{ role: 'user', content: 'Hi' }],
  ...rest,
})
