import { calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices'
import type { Meter } from '@vendo/contract'

/** What the second source says of one model on one day. */
export interface OraclePrices {
  /** Its own name for the model. */
  readonly model: string
  /** Input counts above which other prices apply. */
  readonly thresholds: readonly number[]
  /** The price as a decimal, in USD per million tokens or per thousand uses; `undefined` where it has none for the meter. */
  price(meter: Meter, inputTokens: number): string | undefined
}

/** The second source's name of each of our providers. */
const providerIds: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  gemini: 'google',
  openai: 'openai',
  openrouter: 'openrouter',
}

/** Keys in the order in which they apply: a kind of token without a price of its own is priced as its kind's parent. */
const keysOf: Readonly<Partial<Record<Meter, readonly string[]>>> = {
  input: ['input_mtok'],
  cache_read: ['cache_read_mtok'],
  cache_write_5m: ['cache_write_mtok'],
  cache_write_1h: ['cache_write_1h_mtok'],
  output: ['output_mtok'],
  input_audio: ['input_audio_mtok', 'input_mtok'],
  cache_read_audio: ['cache_audio_read_mtok', 'cache_read_mtok'],
  output_audio: ['output_audio_mtok', 'output_mtok'],
  input_image: ['input_image_mtok', 'input_mtok'],
  output_image: ['output_image_mtok', 'output_mtok'],
  web_search: ['web_searches_kcount'],
  file_search: ['storage_searches_kcount'],
}

/** Meters that the second source can price at all. */
export const oracleMeters = Object.keys(keysOf) as readonly Meter[]

/** Looks a model up; `undefined` where the second source does not know it, or gives it no price on that day. */
export const oraclePrices = (provider: string, model: string, day: string): OraclePrices | undefined => {
  const providerId = providerIds[provider]
  if (providerId === undefined) return undefined
  const found = calcPrice({ input_tokens: 1 }, model, { providerId, timestamp: noonOf(day) })
  if (found === null || found.model_price['input_mtok'] === undefined) return undefined
  const prices = found.model_price
  return {
    model: found.model.id,
    thresholds: Object.values(prices).flatMap((price) =>
      typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
    ),
    price: (meter, inputTokens) => {
      const price = keysOf[meter]?.map((key) => prices[key]).find((value) => value !== undefined)
      return price === undefined ? undefined : String(atInput(price, inputTokens))
    },
  }
}

/** Days on which the second source changes a price of a provider. */
export const oracleDays = (provider: string): readonly string[] => {
  const models = findProvider({ providerId: providerIds[provider] ?? provider })?.models ?? []
  const days = models.flatMap(({ prices }) =>
    Array.isArray(prices)
      ? prices.flatMap(({ constraint }) => (constraint?.type === 'start_date' ? [constraint.start_date] : []))
      : [],
  )
  return [...new Set(days)]
}

const noonOf = (day: string): Date => new Date(`${day.slice(0, 10)}T12:00:00Z`)

const atInput = (price: NonNullable<ModelPrice[string]>, inputTokens: number): number =>
  typeof price === 'number'
    ? price
    : price.tiers.reduce((found, tier) => (inputTokens > tier.start ? tier.price : found), price.base)
