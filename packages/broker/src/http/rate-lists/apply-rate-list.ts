import { rateTables as catalogTables } from '@vendo/integrations/rates'
import type { Store } from '../../store/store.ts'
import { planRates, type RatePlan } from './plan-rates.ts'
import type { RateList, RateListFormat } from './rate-list.ts'
import { readRateList } from './read-rate-list.ts'

/** A list of prices that is taken over as it is. */
export interface RateListOptions {
  readonly text: string
  readonly format?: RateListFormat
  /** Where it comes from: kept with each rate. */
  readonly source: string
}

/** What became of it. */
export type AppliedRateList = RatePlan & Pick<RateList, 'format' | 'ignored' | 'elsewhere'>

/**
 * Takes a list of prices over, from now on. Repeating it changes nothing.
 *
 * @throws {VendoError} `validation_failed` when the text is no list that Vendo knows.
 */
export const applyRateList = async (
  store: Pick<Store, 'listRateOverrides' | 'addRateOverrides'>,
  { text, format, source }: RateListOptions,
): Promise<AppliedRateList> => {
  const list = readRateList(text, format)
  const overrides = await store.listRateOverrides()
  const plan = planRates({ list, tables: catalogTables, overrides, source, at: Date.now() })
  if (plan.changes.length > 0) await store.addRateOverrides(plan.changes.map(({ override }) => override))
  return { ...plan, format: list.format, ignored: list.ignored, elsewhere: list.elsewhere }
}
