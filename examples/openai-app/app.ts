import OpenAI from 'openai'

// Reads OPENAI_API_KEY and OPENAI_BASE_URL, whoever has set them.
const gpt = new OpenAI()
const question = process.argv.slice(2).join(' ') || 'What should I wear in Lisbon today?'

const weatherIn = (city: string): string => `21 degrees and clear in ${city}`
const tools: OpenAI.Chat.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather of today',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: 'user', content: question }]
const chat = { model: 'gpt-5-mini', max_completion_tokens: 1_000, reasoning_effort: 'minimal', tools } as const

const first = await gpt.chat.completions.create({ ...chat, messages, tools })
const { message } = first.choices[0] ?? {}
if (message) messages.push(message)
for (const call of message?.tool_calls ?? []) {
  if (call.type !== 'function') continue
  const { city } = JSON.parse(call.function.arguments) as { city: string }
  console.log(`(${call.function.name}: ${city})`)
  messages.push({ role: 'tool', tool_call_id: call.id, content: weatherIn(city) })
}

const stream = await gpt.chat.completions.create({ ...chat, messages, tools, stream: true })
for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? '')

const { data } = await gpt.embeddings.create({ model: 'text-embedding-3-small', input: question })
console.log(`\n(the question as a vector of ${data[0]?.embedding.length} numbers)`)
