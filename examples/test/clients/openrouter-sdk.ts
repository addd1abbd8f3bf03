import { OpenRouter } from '@openrouter/sdk'
import { type Conversation, parameters, user, weather } from './conversation.ts'

const client = new OpenRouter()
const chat = { model: 'google/gemini-2.5-flash-lite', maxTokens: 300, messages: user }
const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }]

/** The whole answer; the client's type leaves open which kind comes. */
const send = async (chatRequest: Parameters<typeof client.chat.send>[0]['chatRequest']) => {
  const answer = await client.chat.send({ chatRequest })
  if (!('choices' in answer)) throw new Error('a stream has come that was not asked for')
  return answer.choices[0]?.message
}

export const conversation: Conversation = {
  plain: async () => String((await send(chat))?.content),
  streamed: async () => {
    const answer = await client.chat.send({ chatRequest: { ...chat, stream: true } })
    let text = ''
    if (Symbol.asyncIterator in answer) for await (const { choices } of answer) text += choices[0]?.delta.content ?? ''
    return text
  },
  toolCall: async () => {
    const message = await send({ ...chat, tools })
    const call = message?.toolCalls?.[0]
    if (message === undefined || call === undefined) throw new Error('the tool was not called')
    const messages = [...user, message, { role: 'tool' as const, toolCallId: call.id, content: weather }]
    return [JSON.parse(call.function.arguments), String((await send({ ...chat, tools, messages }))?.content)]
  },
}
