import type { WireFormatName } from '@vendo/contract'
import type { Mutable } from '../mutable.ts'
import type { RequestFacts } from '../request-facts.ts'
import { cost } from './members/rule.ts'

/** As many answers as an API gives to one request, and the most of any where only one of them counts answers. */
const maxChoices = (wireFormat: WireFormatName): number => (wireFormat === 'gemini-generate' ? 8 : 128)

/** A name that no rate table has. */
const notUnderstood = 'not_understood'

/** Makes facts as large as what was not understood may be; `bits` are those of {@link cost}. */
export const enlargeFacts = (facts: Mutable<RequestFacts>, bits: number, wireFormat: WireFormatName): void => {
  if (bits & cost.output) delete facts.maxOutputTokens
  if (bits & cost.choices) facts.choices = Math.max(facts.choices, maxChoices(wireFormat))
  // Without a tier every tier is possible.
  if (bits & cost.tier) delete facts.serviceTier
  if (bits & cost.speed) facts.speed = notUnderstood
  if (bits & cost.region) facts.region = notUnderstood
  if (bits & cost.input) facts.remoteReferences++
  if (bits & cost.cache) facts.cacheWrite = '1h'
  if (bits & cost.modalities) facts.outputModalities = ['text', 'audio', 'image']
  if (bits & cost.background) facts.background = true
  if (bits & cost.reasoning) facts.asksForReasoning = true
  if (bits & (cost.tools | cost.models)) {
    const tool = { type: notUnderstood, ...(bits & cost.models ? { anyModel: true } : {}) }
    facts.serverTools = [...facts.serverTools, tool]
    facts.hasTools = true
  }
}
