import type { ListedModel } from '@vendo/contract/api'
import type { ModelRates, RateRow } from '@vendo/integrations/rates'

/** A model of the catalog as the API shows it. */
export const listedModel = ({ model, aliases, contextWindow, maxOutput, rates }: ModelRates): ListedModel => ({
  model,
  aliases: [...aliases],
  context_window: contextWindow,
  max_output: maxOutput,
  price_lists: rates.map(priceList),
})

const priceList = (row: RateRow): ListedModel['price_lists'][number] => ({
  ...(row.tier !== undefined && { tier: row.tier }),
  ...(row.speed !== undefined && { speed: row.speed }),
  ...(row.region !== undefined && { region: row.region }),
  ...(row.inputAbove !== undefined && { input_above: row.inputAbove }),
  effective_from: row.effectiveFrom,
  ...(row.effectiveUntil !== undefined && { effective_until: row.effectiveUntil }),
  rates: Object.fromEntries(Object.entries(row.usd)),
  source: row.source,
  checked: row.checked,
})
