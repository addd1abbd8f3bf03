import { ceilDivide, type Meter, nanosFromUsd, parseDecimal, usdFromNanos } from '@vendo/contract'
import type { OpenRouterModels } from '@vendo/contract/api'
import { findProvider } from '@vendo/integrations/providers'
import type { RateOverride } from '../store/records.ts'
import { isDearer, perMillion, tokensPerRate } from './rate-lists/exact-decimals.ts'

type Listed = OpenRouterModels['data'][number]

/** Prices per token, by OpenRouter's name of them. See https://openrouter.ai/docs/client-sdks/python/components/pricing */
const perToken: Readonly<Record<string, Meter>> = {
  prompt: 'input',
  completion: 'output',
  input_cache_read: 'cache_read',
  input_cache_write: 'cache_write_5m',
  input_cache_write_1h: 'cache_write_1h',
  audio: 'input_audio',
  audio_output: 'output_audio',
  input_audio_cache: 'cache_read_audio',
  image_token: 'input_image',
}
/** Prices per use. */
const perUse: Readonly<Record<string, Meter>> = { web_search: 'web_search', request: 'request' }
/** What stands among the prices and is none: conditional prices, and a share that is taken off. */
const noPrices: ReadonlySet<string> = new Set(['overrides', 'discount'])
/** Prices without which a model cannot be held for. */
const necessary = ['prompt', 'completion'] as const
/** The price of each picture in a request, beside its tokens. */
const perPicture = 'image'
const nanosPerUsd = 1_000_000_000n
const decimalPattern = /^\d+(\.\d+)?$/

/** What became of OpenRouter's list. */
export interface OpenRouterRates {
  readonly overrides: readonly RateOverride[]
  readonly skipped: readonly { readonly model: string; readonly reason: string }[]
  /** How many models carry each price that Vendo has no meter for, such as the one per output image. */
  readonly ignored: Readonly<Record<string, number>>
}

/**
 * Rates from the body of OpenRouter's `GET /api/v1/models`: USD per token become exact decimals per million. A model whose
 * price is variable (`-1`), missing or unreadable is skipped with its reason, because a guess would not be a bound; so is one
 * with a price that Vendo has no meter for, unless it is nought.
 *
 * Of conditional prices (a long input, an hour of the day) each rate is the dearest, and the price of a picture is spread over
 * the tokens that are held for one: these rates are for holds, as a call is settled at the cost that OpenRouter reports.
 */
export const openRouterRates = (models: OpenRouterModels, effectiveFrom: number): OpenRouterRates => {
  const overrides: RateOverride[] = []
  const skipped: { model: string; reason: string }[] = []
  const ignored = new Map<string, number>()
  for (const listed of models.data) {
    const reason = faultOf(listed)
    if (reason === undefined) overrides.push(overrideOf(listed, effectiveFrom))
    else skipped.push({ model: listed.id, reason })
    for (const name of Object.keys(listed.pricing)) {
      if (!isKnown(name)) ignored.set(name, (ignored.get(name) ?? 0) + 1)
    }
  }
  return { overrides, skipped, ignored: Object.fromEntries(ignored) }
}

const isKnown = (name: string): boolean =>
  Object.hasOwn(perToken, name) || Object.hasOwn(perUse, name) || name === perPicture

const faultOf = ({ context_length: contextLength, pricing }: Listed): string | undefined => {
  if (!isCount(contextLength)) return 'no context length'
  for (const name of necessary) if (pricing[name] === undefined) return `no price for ${name}`
  const conditional = conditionalPrices(pricing)
  if (conditional === undefined) return 'unreadable conditional prices'
  for (const prices of [pricing, ...conditional]) {
    for (const [name, price] of Object.entries(prices)) {
      const fault = priceFault(name, price)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

const priceFault = (name: string, price: unknown): string | undefined => {
  if (noPrices.has(name) || conditions.test(name)) return undefined
  if (!isKnown(name)) return isNought(price) ? undefined : `a price that Vendo has no meter for: ${name}`
  if (price === '-1') return `variable price for ${name}`
  return isPrice(price) ? undefined : `unreadable price for ${name}`
}

/** When a conditional price applies. */
const conditions = /^(min_|utc_)/

/** What may stand where a price would be, and costs nothing. */
const isNought = (price: unknown): boolean => price == null || price === 0 || (isPrice(price) && /^[0.]+$/.test(price))

const isPrice = (price: unknown): price is string => typeof price === 'string' && decimalPattern.test(price)

type Prices = Readonly<Record<string, unknown>>

const conditionalPrices = ({ overrides }: Prices): readonly Prices[] | undefined => {
  if (overrides == null) return []
  const isObject = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  return Array.isArray(overrides) && overrides.every(isObject) ? (overrides as Prices[]) : undefined
}

const overrideOf = (
  { id, context_length: contextLength, top_provider: topProvider, pricing }: Listed,
  effectiveFrom: number,
): RateOverride => {
  const contextWindow = Number(contextLength)
  const most = topProvider?.max_completion_tokens
  return {
    integration: 'openrouter',
    model: id,
    contextWindow,
    // A model without a stated maximum can fill its window.
    maxOutput: isCount(most) ? most : contextWindow,
    usd: ratesOf(pricing),
    source: 'https://openrouter.ai/api/v1/models',
    effectiveFrom,
  }
}

const isCount = (value: number | null | undefined): value is number => Number.isSafeInteger(value) && Number(value) > 0

const ratesOf = (pricing: Listed['pricing']): Partial<Record<Meter, string>> => {
  const lists = [pricing, ...(conditionalPrices(pricing) ?? [])]
  const usd: Partial<Record<Meter, string>> = {}
  for (const [name, meter] of Object.entries(perToken)) {
    const price = dearest(lists, name)
    if (price !== undefined) usd[meter] = perMillion(price)
  }
  for (const [name, meter] of Object.entries(perUse)) {
    const price = dearest(lists, name)
    if (price !== undefined) usd[meter] = price
  }
  const picture = dearest(lists, perPicture)
  if (picture !== undefined && !isNought(picture)) usd.input_image = withPicture(usd, picture)
  return usd
}

const dearest = (lists: readonly Prices[], name: string): string | undefined =>
  lists
    .map((prices) => prices[name])
    .filter(isPrice)
    .reduce<string | undefined>(
      (most, price) => (most === undefined || isDearer(price, most) ? price : most),
      undefined,
    )

/** The price of a picture comes on top of its tokens, of which the hold has `imageTokens`. Rounded up to a nano-USD. */
const withPicture = (usd: Partial<Record<Meter, string>>, picture: string): string => {
  const tokens = [usd.input, usd.input_image, usd.cache_write_5m, usd.cache_write_1h].map((rate) =>
    nanosFromUsd(rate ?? '0'),
  )
  const { numerator, denominator } = parseDecimal(picture)
  const held = BigInt(findProvider('openrouter')?.bound.imageTokens ?? 1)
  const spread = ceilDivide(numerator * tokensPerRate * nanosPerUsd, denominator * held)
  const most = tokens.reduce((left, right) => (left > right ? left : right))
  return usdFromNanos(most + 1n + spread)
}
