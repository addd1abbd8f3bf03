import OpenAI from 'openai'
import { type Conversation, parameters, user, weather } from './conversation.ts'

const client = new OpenAI()
const body = { model: 'gpt-5-mini', max_completion_tokens: 300, messages: user }
const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }]

const textOf = ({ choices }: OpenAI.ChatCompletion): string => choices[0]?.message.content ?? ''

export const conversation: Conversation = {
  plain: async () => textOf(await client.chat.completions.create(body)),
  streamed: async () => {
    let text = ''
    for await (const { choices, usage } of await client.chat.completions.create({ ...body, stream: true })) {
      if (usage) throw new Error('usage that was not asked for has come through')
      text += choices[0]?.delta.content ?? ''
    }
    return text
  },
  toolCall: async () => {
    const { choices } = await client.chat.completions.create({ ...body, tools })
    const message = choices[0]?.message
    const call = message?.tool_calls?.[0]
    if (message === undefined || call?.type !== 'function') throw new Error('the tool was not called')
    const messages = [...user, message, { role: 'tool' as const, tool_call_id: call.id, content: weather }]
    const text = textOf(await client.chat.completions.create({ ...body, tools, messages }))
    return [JSON.parse(call.function.arguments), text]
  },
}
