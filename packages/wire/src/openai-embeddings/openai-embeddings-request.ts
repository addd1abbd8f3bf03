import type { RawObject } from '../reader/answer-state.ts'
import type { FormatFacts } from '../request/read-request-facts.ts'

/** What an embeddings body says of its cost: its text, and no output. A token that is given as a number has a digit and a comma. */
export const readOpenAiEmbeddingsRequest = (body: RawObject): FormatFacts => ({
  content: [body['input']],
  remoteReferences: 0,
  serverTools: [],
  hasTools: false,
  maxOutputTokens: 0,
  choices: 1,
  automaticCacheWrite: false,
  region: undefined,
  asksForReasoning: false,
  outputModalities: ['text'],
  asksForUsage: false,
  background: false,
})
