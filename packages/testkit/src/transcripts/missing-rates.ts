import type { Store } from '@vendo/broker'
import { isTokenMeter, type Meter, meters } from '@vendo/contract'
import { rateTables } from '@vendo/integrations/rates'

type RateOverride = Parameters<Store['addRateOverrides']>[0][number]

/** A model that a recording names. */
export interface NamedModel {
  readonly integration: string
  readonly model: string
}

// Any price does: what is compared is the count. Uses of tools cost more than tokens, as in real tables.
const usd = Object.fromEntries(meters.map((meter): [Meter, string] => [meter, isTokenMeter(meter) ? '1' : '0.01']))

const isKnown = ({ integration, model }: NamedModel): boolean =>
  rateTables.some(
    (table) =>
      table.provider === integration &&
      table.models.some((rates) => rates.model === model || rates.aliases.includes(model)),
  )

/**
 * Rates for each named model that the tables do not have: old, unknown and misspelt ones, which the broker would refuse
 * before any upstream byte although the recorded provider answered them.
 */
export const missingRates = (models: Iterable<NamedModel>): RateOverride[] =>
  [...models].flatMap((named) =>
    isKnown(named)
      ? []
      : [{ ...named, contextWindow: 1_000_000, maxOutput: 128_000, usd, source: 'transcripts', effectiveFrom: 0 }],
  )
