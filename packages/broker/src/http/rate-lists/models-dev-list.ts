import type { Meter } from '@vendo/contract'
import { countIn, isListObject, isNoPrice, type ListObject, priceIn } from './list-values.ts'
import { type RateList, RateListBuilder } from './rate-list.ts'

/** The name that models.dev has for each provider. */
const integrations: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  google: 'gemini',
  openrouter: 'openrouter',
}

/** USD per million tokens. */
const perMillionTokens: Readonly<Record<string, Meter>> = {
  input: 'input',
  output: 'output',
  cache_read: 'cache_read',
  cache_write: 'cache_write_5m',
  input_audio: 'input_audio',
  output_audio: 'output_audio',
}
const ofLongInput = /^(context_over_|tiers$)/

/** Rates from models.dev's `api.json`: `{ "<provider>": { "models": { "<model>": { "cost": …, "limit": … } } } }`. */
export const readModelsDevList = (list: ListObject): RateList => {
  const builder = new RateListBuilder()
  for (const [provider, entry] of Object.entries(list)) {
    const models = isListObject(entry) ? entry['models'] : undefined
    if (!isListObject(models)) {
      builder.skip(provider, 'a provider without models')
      continue
    }
    const integration = Object.hasOwn(integrations, provider) ? integrations[provider] : undefined
    for (const [name, row] of Object.entries(models)) {
      if (integration === undefined) builder.passElsewhere()
      else {
        const fault = addRow(builder, { integration, name, row })
        if (fault !== undefined) builder.skip(`${integration}: ${name}`, fault)
      }
    }
  }
  return builder.build('models.dev')
}

interface Row {
  readonly integration: string
  readonly name: string
  readonly row: unknown
}

/** Returns why the row cannot be taken over. */
const addRow = (builder: RateListBuilder, { integration, name, row }: Row): string | undefined => {
  if (!isListObject(row) || !isListObject(row['cost'])) return 'no prices'
  const { cost } = row
  const limit = isListObject(row['limit']) ? row['limit'] : {}
  const contextWindow = countIn(limit['context'])
  if (contextWindow === undefined) return 'no context length'
  const usd: Partial<Record<Meter, string>> = {}
  let banded = false
  for (const [field, value] of Object.entries(cost as ListObject)) {
    if (ofLongInput.test(field)) {
      banded ||= value !== null
      continue
    }
    // Reasoning is part of the output, so that another price for it cannot be charged.
    const meter =
      field === 'reasoning' ? 'output' : Object.hasOwn(perMillionTokens, field) ? perMillionTokens[field] : undefined
    if (meter === undefined && isNoPrice(value)) builder.ignore(field)
    else if (meter === undefined) return `a price that Vendo has no meter for: ${field}`
    else {
      const price = priceIn(value)
      if (price === undefined) return `unreadable price for ${field}`
      if (usd[meter] !== undefined && usd[meter] !== price) return 'another price for reasoning'
      usd[meter] = price
    }
  }
  if (usd.input === undefined || usd.output === undefined) return 'no price for input or output'
  const maxOutput = countIn(limit['output']) ?? contextWindow
  builder.add(`${integration}: ${name}`, { integration, model: name, contextWindow, maxOutput, usd, banded })
  return undefined
}
