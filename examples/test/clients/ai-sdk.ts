import { generateText, type LanguageModel, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import { type Conversation, question, weather } from './conversation.ts'

/** The same three calls for every model of the AI SDK. */
export const converseWith = (model: LanguageModel): Conversation => {
  const body = { model, maxOutputTokens: 300, prompt: question }
  return {
    plain: async () => (await generateText(body)).text,
    streamed: async () => {
      let text = ''
      for await (const piece of streamText(body).textStream) text += piece
      return text
    },
    toolCall: async () => {
      const getWeather = tool({ inputSchema: z.object({ city: z.string() }), execute: async () => weather })
      const { steps, text } = await generateText({ ...body, tools: { getWeather }, stopWhen: stepCountIs(3) })
      return [steps[0]?.toolCalls[0]?.input, text]
    },
  }
}
