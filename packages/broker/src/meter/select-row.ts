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
export const effectiveRows = (model: ModelRates, at: EpochMs): readonly RateRow[] => {
  const known = inForce.get(model)
  if (known !== undefined && known.from <= at && at < known.until) return known.rows
  const now = inForceAt(model, at)
  inForce.set(model, now)
  return now.rows
}

/** The lists in force, and for how long that stays so. */
interface InForce {
  readonly rows: readonly RateRow[]
  readonly from: EpochMs
  readonly until: EpochMs
}

// Every call asks several times, and the answer changes a few times in a model's life.
const inForce = new WeakMap<ModelRates, InForce>()

const inForceAt = ({ rates }: ModelRates, at: EpochMs): InForce => {
  const changes = rates.flatMap((row) => [Date.parse(row.effectiveFrom), endOf(row)])
  return {
    rows: rates.filter((row) => Date.parse(row.effectiveFrom) <= at && at < endOf(row)),
    from: Math.max(Number.NEGATIVE_INFINITY, ...changes.filter((change) => change <= at)),
    until: Math.min(Number.POSITIVE_INFINITY, ...changes.filter((change) => change > at)),
  }
}

const endOf = ({ effectiveUntil }: RateRow): EpochMs =>
  effectiveUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(effectiveUntil)

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
