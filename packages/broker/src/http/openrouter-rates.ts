import { type Meter, parseDecimal } from '@vendo/contract'
import type { OpenRouterModels } from '@vendo/contract/api'
import type { RateOverride } from '../store/records.ts'

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
/** Prices without which a model cannot be held for. */
const necessary = ['prompt', 'completion'] as const
const tokensPerRate = 1_000_000n
const decimalPattern = /^\d+(\.\d+)?$/

/** What became of OpenRouter's list. */
export interface OpenRouterRates {
  readonly overrides: readonly RateOverride[]
  readonly skipped: readonly { readonly model: string; readonly reason: string }[]
  /** How many models carry each price that Vendo has no meter for, such as the one per whole image. */
  readonly ignored: Readonly<Record<string, number>>
}

/**
 * Rates from the body of OpenRouter's `GET /api/v1/models`: USD per token become exact decimals per million. A model whose
 * price is variable (`-1`), missing or unreadable is skipped with its reason, because a guess would not be a bound.
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

const isKnown = (name: string): boolean => Object.hasOwn(perToken, name) || Object.hasOwn(perUse, name)

const faultOf = ({ context_length: contextLength, pricing }: Listed): string | undefined => {
  if (!isCount(contextLength)) return 'no context length'
  for (const name of necessary) if (pricing[name] === undefined) return `no price for ${name}`
  for (const [name, price] of Object.entries(pricing)) {
    if (!isKnown(name)) continue
    if (price === '-1') return `variable price for ${name}`
    if (typeof price !== 'string' || !decimalPattern.test(price)) return `unreadable price for ${name}`
  }
  return undefined
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
  const usd: Partial<Record<Meter, string>> = {}
  for (const [name, meter] of Object.entries(perToken)) {
    const price = pricing[name]
    if (typeof price === 'string') usd[meter] = perMillion(price)
  }
  for (const [name, meter] of Object.entries(perUse)) {
    const price = pricing[name]
    if (typeof price === 'string') usd[meter] = price
  }
  return usd
}

/** An exact decimal string: the denominator is a power of ten, so the digits only move. */
const perMillion = (perTokenUsd: string): string => {
  const { numerator, denominator } = parseDecimal(perTokenUsd)
  const places = denominator.toString().length - 1
  const digits = (numerator * tokensPerRate).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}
