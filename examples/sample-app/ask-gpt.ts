import OpenAI from 'openai'
import { ask, begin, show } from './show.ts'

const getWeather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
}

/** Three calls: a chat completion streamed, and a response with a tool, which takes two. */
export const askGpt = async (): Promise<void> => {
  const gpt = new OpenAI()

  begin('new OpenAI(), chat completions, streamed')
  const chunks = await gpt.chat.completions.create({
    model: 'gpt-5-mini',
    max_completion_tokens: 200,
    reasoning_effort: 'minimal',
    messages: ask('What does a token cost?'),
    stream: true,
  })
  for await (const { choices } of chunks) show(choices[0]?.delta.content ?? '')
  show('\n')

  begin('new OpenAI(), responses, with a tool')
  const talk = { model: 'gpt-6-luna', max_output_tokens: 400, store: false, tools: [getWeather] }
  const input: OpenAI.Responses.ResponseInputItem[] = ask('What is the weather in Lisbon?')
  const { output } = await gpt.responses.create({ ...talk, input, tool_choice: 'required' })
  const call = output.find((item) => item.type === 'function_call')
  if (call === undefined) return
  show(`${call.name} ${call.arguments}\n`)
  input.push(call, { type: 'function_call_output', call_id: call.call_id, output: '21 degrees, clear' })
  const { output_text: text } = await gpt.responses.create({ ...talk, input, tool_choice: 'none' })
  show(`${text}\n`)
}
