import { OpenRouter } from '@openrouter/sdk'

// Reads OPENROUTER_API_KEY and OPENROUTER_BASE_URL, whoever has set them.
const openRouter = new OpenRouter()
const content = process.argv.slice(2).join(' ') || 'Which model are you?'

const answer = await openRouter.chat.send({
  chatRequest: {
    model: 'google/gemini-2.5-flash-lite',
    maxTokens: 300,
    messages: [{ role: 'user', content }],
    stream: true,
  },
})
if (Symbol.asyncIterator in answer) {
  for await (const chunk of answer) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
}
process.stdout.write('\n')
