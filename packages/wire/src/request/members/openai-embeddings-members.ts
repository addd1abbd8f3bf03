import { routerMembers } from './router-members.ts'
import { cost, members, type ObjectRule, plain, text } from './rule.ts'

/** What decides the price of an embeddings request: its model, and its text, which is counted whole. */
export const openAiEmbeddingsMembers: ObjectRule = members(
  {
    ...routerMembers,
    model: text(cost.models),
    // Bytes bound text and token numbers alike, however they are nested; anything else is no input of this API.
    input: {
      cost: cost.any,
      text: true,
      list: { cost: cost.any, text: true, count: true, list: { cost: cost.any, count: true } },
    },
    ...plain('encoding_format', 'dimensions', 'input_type'),
  },
  { unknown: cost.any },
)
