import type { Served } from '@vendo/contract'
import type { ModelRates, RateRow } from '@vendo/integrations/rates'
import type { EpochMs } from '../store/records.ts'

/** What decides which price list of a model applies to an answer. */
export interface RowConditions {
  /** As the answer names them; absent = the standard case. */
  readonly tier?: string | undefined
  readonly speed?: string | undefined
  readonly region?: string | undefined
  /** The whole input, cache included. */
  readonly inputTokens: number
  readonly at: EpochMs
}

const standardTiers: ReadonlySet<string> = new Set(['auto', 'default', 'standard', 'standard_only'])
const standardSpeeds: ReadonlySet<string> = new Set(['standard'])
const standardRegions: ReadonlySet<string> = new Set(['global', 'not_available'])

/** A service tier by its name in rate tables; `undefined` for the standard one, whatever the provider calls it. */
export const rateTier = (tier: string | undefined): string | undefined => nonStandard(tier, standardTiers)

/** A speed by its name in rate tables; `undefined` for the standard one. */
export const rateSpeed = (speed: string | undefined): string | undefined => nonStandard(speed, standardSpeeds)

/** A region by its name in rate tables; `undefined` where the region makes no difference. */
export const rateRegion = (region: string | undefined): string | undefined => nonStandard(region, standardRegions)

const nonStandard = (name: string | undefined, standard: ReadonlySet<string>): string | undefined =>
  name === undefined || standard.has(name) ? undefined : name

/** The price lists in force at an instant. A bare date means its first instant, UTC; `effectiveUntil` itself is outside. */
export const effectiveRows = ({ rates }: ModelRates, at: EpochMs): readonly RateRow[] =>
  rates.filter(
    ({ effectiveFrom, effectiveUntil }) =>
      Date.parse(effectiveFrom) <= at && (effectiveUntil === undefined || at < Date.parse(effectiveUntil)),
  )

/**
 * The price list for exactly this combination, or `undefined`: nothing is derived from a neighbouring one. A list for a
 * larger input replaces the ordinary one as soon as the input exceeds its threshold, so a combination that has no list for
 * a threshold that the model's other lists know is missing above it.
 */
export const selectRow = (
  model: ModelRates,
  { tier, speed, region, inputTokens, at }: RowConditions,
): RateRow | undefined => {
  const rows = effectiveRows(model, at)
  const band = largest(rows.map(inputAbove).filter((threshold) => threshold < inputTokens))
  return rows
    .filter(
      (row) =>
        rateTier(row.tier) === rateTier(tier) &&
        rateSpeed(row.speed) === rateSpeed(speed) &&
        rateRegion(row.region) === rateRegion(region) &&
        inputAbove(row) === band,
    )
    .toSorted((left, right) => Date.parse(right.effectiveFrom) - Date.parse(left.effectiveFrom))[0]
}

/** The conditions that an answer states, in the words of {@link RowConditions}. */
export const servedConditions = ({
  serviceTier,
  speed,
  region,
}: Served): Pick<RowConditions, 'tier' | 'speed' | 'region'> => ({
  tier: serviceTier,
  speed,
  region,
})

const noThreshold = -1

const inputAbove = (row: RateRow): number => row.inputAbove ?? noThreshold

const largest = (thresholds: readonly number[]): number => Math.max(noThreshold, ...thresholds)
