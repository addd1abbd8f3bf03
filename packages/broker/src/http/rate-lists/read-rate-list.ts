import { createVendoError } from '@vendo/contract'
import { openRouterModelsSchema } from '@vendo/contract/api'
import { openRouterRates } from '../openrouter-rates.ts'
import { isListObject, parseExactly } from './list-values.ts'
import { readLiteLlmList } from './litellm-list.ts'
import { readModelsDevList } from './models-dev-list.ts'
import type { RateList, RateListFormat } from './rate-list.ts'

/** The names of {@link RateListFormat}. */
export const rateListFormats: readonly RateListFormat[] = ['openrouter', 'litellm', 'models.dev']

/**
 * Reads a list of prices: what OpenRouter's `GET /api/v1/models` answers, LiteLLM's price map, or models.dev's `api.json`. Rows
 * that cannot be taken over are named, never guessed at.
 *
 * @param format absent: found out by the shape.
 * @throws {VendoError} `validation_failed` when the text is none of them.
 */
export const readRateList = (text: string, format?: RateListFormat): RateList => {
  const list = parseList(text)
  const found = format ?? formatOf(list)
  if (found === undefined || !isListObject(list)) throw noList('has the shape of no list of prices that Vendo knows')
  if (found === 'litellm') return readLiteLlmList(list)
  if (found === 'models.dev') return readModelsDevList(list)
  return readOpenRouterList(text)
}

const parseList = (text: string): unknown => {
  try {
    return parseExactly(text.replace(/^\uFEFF/, ''))
  } catch {
    throw noList('is no JSON')
  }
}

const formatOf = (list: unknown): RateListFormat | undefined => {
  if (!isListObject(list)) return undefined
  if (Array.isArray(list['data'])) return 'openrouter'
  const rows = Object.values(list).filter(isListObject)
  if (rows.some((row) => typeof row['litellm_provider'] === 'string')) return 'litellm'
  return rows.some((row) => isListObject(row['models'])) ? 'models.dev' : undefined
}

const readOpenRouterList = (text: string): RateList => {
  const models = openRouterModelsSchema.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')))
  if (!models.success) throw noList("is not what OpenRouter's GET /api/v1/models answers")
  const { overrides, skipped, ignored } = openRouterRates(models.data, 0)
  const rates = overrides.map(({ integration, model, contextWindow, maxOutput, usd }) => {
    return { integration, model, contextWindow, maxOutput, usd, banded: false }
  })
  return { format: 'openrouter', rates, skipped, ignored, elsewhere: 0 }
}

const noList = (what: string) =>
  createVendoError(`The list ${what}.`, {
    code: 'validation_failed',
    suggestedFix: "Give what OpenRouter's GET /api/v1/models answers, LiteLLM's price map, or models.dev's api.json.",
  })
