import OpenAI from 'openai'
import { type Conversation, parameters, question, user, weather } from './conversation.ts'

const client = new OpenAI()
const body = { model: 'gpt-6-luna', max_output_tokens: 300 }
const tools = [{ type: 'function' as const, name: 'get_weather', parameters, strict: true }]

export const conversation: Conversation = {
  plain: async () => (await client.responses.create({ ...body, input: question })).output_text,
  streamed: async () => (await client.responses.stream({ ...body, input: question }).finalResponse()).output_text,
  toolCall: async () => {
    const { output } = await client.responses.create({ ...body, tools, input: question })
    const call = output.find((item) => item.type === 'function_call')
    if (call === undefined) throw new Error('the tool was not called')
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: weather }
    const { output_text: text } = await client.responses.create({ ...body, tools, input: [...user, call, result] })
    return [JSON.parse(call.arguments), text]
  },
}
