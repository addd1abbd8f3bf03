import { anthropic } from '@ai-sdk/anthropic'
import { openai } from '@ai-sdk/openai'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'

// The default providers read ANTHROPIC_* and OPENAI_* from the environment, whoever has set them.
const getWeather = tool({
  description: 'The weather of today',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `21 degrees and clear in ${city}`,
})

const { text } = await generateText({
  model: openai('gpt-6-luna'),
  maxOutputTokens: 1_000,
  prompt: 'What should I wear in Lisbon today?',
  tools: { getWeather },
  stopWhen: stepCountIs(3),
})
console.log(text)

const { textStream } = streamText({
  model: anthropic('claude-haiku-5-5'),
  maxOutputTokens: 300,
  prompt: 'Say it in one sentence.',
})
for await (const piece of textStream) process.stdout.write(piece)
process.stdout.write('\n')
