import { openai } from '@ai-sdk/openai'
import { converseWith } from './ai-sdk.ts'

export const conversation = converseWith(openai('gpt-6-luna'))
