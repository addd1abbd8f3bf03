import type { RawObject } from '../reader/answer-state.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'

/**
 * What the text fields of a transcription's form say of its cost, as one object: how many answers and of what. The sound itself
 * is no part of them, and is bounded by its bytes.
 */
export const readOpenAiTranscriptionRequest = (_fields: RawObject): FormatFacts => ({
  content: [],
  remoteReferences: 0,
  serverTools: [],
  hasTools: false,
  maxOutputTokens: undefined,
  choices: 1,
  automaticCacheWrite: false,
  region: undefined,
  asksForReasoning: false,
  outputModalities: ['text'],
  asksForUsage: false,
  background: false,
})
