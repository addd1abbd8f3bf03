import Anthropic from '@anthropic-ai/sdk'
import { type Conversation, parameters, user, weather } from './conversation.ts'

const client = new Anthropic()
const body = { model: 'claude-haiku-5-5', max_tokens: 300, messages: user }
const tools = [{ name: 'get_weather', input_schema: parameters }]

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

export const conversation: Conversation = {
  plain: async () => textOf(await client.messages.create(body)),
  streamed: async () => textOf(await client.messages.stream(body).finalMessage()),
  toolCall: async () => {
    const { content } = await client.messages.stream({ ...body, tools }).finalMessage()
    const call = content.find((block) => block.type === 'tool_use')
    if (call === undefined) throw new Error('the tool was not called')
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: weather }
    const messages = [...user, { role: 'assistant' as const, content }, { role: 'user' as const, content: [result] }]
    return [call.input, textOf(await client.messages.create({ ...body, tools, messages }))]
  },
}
