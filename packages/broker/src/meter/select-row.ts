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

/**
 * The price lists in force at an instant, the same array for as long as they are. A bare date means its first instant, UTC;
 * `effectiveUntil` itself is outside.
 */
export const effectiveRows = (model: ModelRates, at: EpochMs): readonly RateRow[] => inForceAt(model, at).rows

/** The lists in force, and for how long that stays so. */
interface InForce {
  readonly rows: readonly RateRow[]
  readonly listings: readonly Listing[]
  readonly from: EpochMs
  readonly until: EpochMs
}

/** A price list with its conditions spelled out as answers are compared with them. */
interface Listing {
  readonly row: RateRow
  readonly tier: string | undefined
  readonly speed: string | undefined
  readonly region: string | undefined
  readonly inputAbove: number
}

// Every call asks several times, and the answer changes a few times in a model's life.
const remembered = new WeakMap<ModelRates, InForce>()

const inForceAt = (model: ModelRates, at: EpochMs): InForce => {
  const known = remembered.get(model)
  if (known !== undefined && known.from <= at && at < known.until) return known
  const now = findInForce(model, at)
  remembered.set(model, now)
  return now
}

const findInForce = ({ rates }: ModelRates, at: EpochMs): InForce => {
  const changes = rates.flatMap((row) => [Date.parse(row.effectiveFrom), endOf(row)])
  const rows = rates.filter((row) => Date.parse(row.effectiveFrom) <= at && at < endOf(row))
  return {
    rows,
    listings: rows
      .toSorted((left, right) => Date.parse(right.effectiveFrom) - Date.parse(left.effectiveFrom))
      .map(listingOf),
    from: Math.max(Number.NEGATIVE_INFINITY, ...changes.filter((change) => change <= at)),
    until: Math.min(Number.POSITIVE_INFINITY, ...changes.filter((change) => change > at)),
  }
}

const endOf = ({ effectiveUntil }: RateRow): EpochMs =>
  effectiveUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(effectiveUntil)

const noThreshold = -1

const listingOf = (row: RateRow): Listing => ({
  row,
  tier: rateTier(row.tier),
  speed: rateSpeed(row.speed),
  region: rateRegion(row.region),
  inputAbove: row.inputAbove ?? noThreshold,
})

/**
 * The price list for exactly this combination, or `undefined`: nothing is derived from a neighbouring one. A list for a
 * larger input replaces the ordinary one as soon as the input exceeds its threshold, so a combination that has no list for
 * a threshold that the model's other lists know is missing above it. Of lists that overlap the newest counts.
 */
export const selectRow = (model: ModelRates, conditions: RowConditions): RateRow | undefined => {
  const { listings } = inForceAt(model, conditions.at)
  const tier = rateTier(conditions.tier)
  const speed = rateSpeed(conditions.speed)
  const region = rateRegion(conditions.region)
  const band = highestBelow(conditions.inputTokens, listings)
  for (const listing of listings) {
    if (listing.inputAbove !== band || listing.tier !== tier) continue
    if (listing.speed === speed && listing.region === region) return listing.row
  }
  return undefined
}

const highestBelow = (inputTokens: number, listings: readonly Listing[]): number => {
  let highest = noThreshold
  for (const { inputAbove } of listings) {
    if (inputAbove < inputTokens && inputAbove > highest) highest = inputAbove
  }
  return highest
}
