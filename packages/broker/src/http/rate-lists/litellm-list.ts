import type { Meter } from '@vendo/contract'
import { isDearer, perMillion } from './exact-decimals.ts'
import { countIn, isListObject, isNoPrice, type ListObject, priceIn } from './list-values.ts'
import { type RateList, RateListBuilder } from './rate-list.ts'

/** LiteLLM's name of each provider. */
const integrations: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  gemini: 'gemini',
  openrouter: 'openrouter',
}

const perToken: Readonly<Record<string, Meter>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cache_read',
  cache_creation_input_token_cost: 'cache_write_5m',
  cache_creation_input_token_cost_above_1hr: 'cache_write_1h',
  input_cost_per_audio_token: 'input_audio',
  output_cost_per_audio_token: 'output_audio',
  cache_read_input_audio_token_cost: 'cache_read_audio',
  input_cost_per_image_token: 'input_image',
  output_cost_per_image_token: 'output_image',
}
const searchPrice = 'search_context_cost_per_query'

const modes: ReadonlySet<unknown> = new Set(['chat', 'responses', 'embedding'])
/** Prices of tiers, which a rate of an operator does not have: such calls are refused, not charged something else. */
const ofTier = /_(batches|batch_requests|flex|priority)$/
const ofLongInput = /_above_\d+k_tokens/
/** What a provider sells beside the model, at the same price for all. */
const besideModel = /^(file_search|code_interpreter|vector_store|computer_use)_|^output_cost_per_reasoning_token$/
const isPriceName = (name: string): boolean => /(^|_)cost(_|$)/.test(name)

/** Rates from LiteLLM's price map: `{ "<model>": { "litellm_provider": …, "input_cost_per_token": … } }`. */
export const readLiteLlmList = (list: ListObject): RateList => {
  const builder = new RateListBuilder()
  for (const [name, row] of Object.entries(list)) {
    const fault = name === 'sample_spec' ? undefined : addRow(builder, name, row)
    if (fault !== undefined) builder.skip(name, fault)
  }
  return builder.build('litellm')
}

/** Returns why the row cannot be taken over. */
const addRow = (builder: RateListBuilder, name: string, row: unknown): string | undefined => {
  if (!isListObject(row)) return 'no object'
  const provider = row['litellm_provider']
  const integration =
    typeof provider === 'string' && Object.hasOwn(integrations, provider) ? integrations[provider] : undefined
  if (integration === undefined) {
    builder.passElsewhere()
    return undefined
  }
  if (!modes.has(row['mode'])) return `the mode ${JSON.stringify(row['mode'] ?? null)}`
  const contextWindow = countIn(row['max_input_tokens']) ?? countIn(row['max_tokens'])
  if (contextWindow === undefined) return 'no context length'
  const usd: Partial<Record<Meter, string>> = {}
  let banded = false
  for (const [field, value] of Object.entries(row)) {
    if (!isPriceName(field) || isNoPrice(value)) continue
    if (ofLongInput.test(field)) banded = true
    else if (ofTier.test(field) || besideModel.test(field)) builder.ignore(field)
    else {
      const fault = takePrice(usd, field, value)
      if (fault !== undefined) return fault
    }
  }
  for (const field of ['input_cost_per_token', 'output_cost_per_token'] as const) {
    const meter = perToken[field]
    if (meter === undefined || usd[meter] !== undefined) continue
    if (row['mode'] === 'embedding' && meter === 'output') continue
    if (row[field] === undefined) return `no price for ${meter}`
    usd[meter] = '0'
  }
  const maxOutput = row['mode'] === 'embedding' ? 1 : (countIn(row['max_output_tokens']) ?? contextWindow)
  const model = name.startsWith(`${provider}/`) ? name.slice(String(provider).length + 1) : name
  builder.add(name, { integration, model, contextWindow, maxOutput, usd, banded })
  return undefined
}

/** Puts a price under its meter; returns why it cannot. */
const takePrice = (usd: Partial<Record<Meter, string>>, field: string, value: unknown): string | undefined => {
  if (field === searchPrice) {
    const prices = isListObject(value) ? Object.values(value).map(priceIn) : [undefined]
    if (prices.some((price) => price === undefined)) return `unreadable price for ${field}`
    const dearest = (prices as string[]).reduce((most, price) => (isDearer(price, most) ? price : most), '0')
    usd.web_search = dearest
    return undefined
  }
  const meter = Object.hasOwn(perToken, field) ? perToken[field] : undefined
  if (meter === undefined) return `a price that Vendo has no meter for: ${field}`
  const price = priceIn(value)
  if (price === undefined) return `unreadable price for ${field}`
  usd[meter] = perMillion(price)
  return undefined
}
