import { type RatesResponse, ratesSchema } from '@vendo/contract/api'
import type { Management } from '../http/open-management.ts'

/** Every rate of an integration: what an operator set, and the catalog. */
export const readRates = ({ client }: Pick<Management, 'client'>, integration: string): Promise<RatesResponse> =>
  client.send({
    path: `/api/rates/${encodeURIComponent(integration)}`,
    parse: (body) => ratesSchema.parse(body),
  })

/** What is known of one model at present, whoever says it. */
export interface KnownModel {
  readonly contextWindow: number
  readonly maxOutput: number
  readonly rates: Readonly<Record<string, string>>
}

/** A model by name or alias, as an operator set it last, else as the catalog has it. */
export const findModel = ({ rates, table }: RatesResponse, model: string): KnownModel | undefined => {
  const listed = table.find((each) => each.model === model || each.aliases.includes(model))
  const names = new Set([model, ...(listed === undefined ? [] : [listed.model, ...listed.aliases])])
  const set = rates.filter((each) => names.has(each.model)).at(-1)
  if (set !== undefined) return { contextWindow: set.context_window, maxOutput: set.max_output, rates: set.rates }
  if (listed === undefined) return undefined
  const { context_window: contextWindow, max_output: maxOutput, price_lists: lists } = listed
  const standard = lists.find(({ tier, speed, region, input_above }) => !(tier || speed || region || input_above))
  return { contextWindow, maxOutput, rates: standard?.rates ?? {} }
}
