import { anthropic } from '@ai-sdk/anthropic'
import { converseWith } from './ai-sdk.ts'

export const conversation = converseWith(anthropic('claude-haiku-5-5'))
