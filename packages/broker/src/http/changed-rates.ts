import type { RateOverride } from '../store/records.ts'

/** The rates that say something new: overrides are append-only, so a repeated import must not add them again. */
export const changedRates = (
  wanted: readonly RateOverride[],
  present: readonly RateOverride[],
): readonly RateOverride[] => {
  const newest = new Map(latestRates(present).map((override) => [nameOf(override), substanceOf(override)]))
  return wanted.filter((override) => newest.get(nameOf(override)) !== substanceOf(override))
}

/** The newest override of each model, in the order in which the models first appeared. */
export const latestRates = (overrides: readonly RateOverride[]): readonly RateOverride[] => {
  const newest = new Map<string, RateOverride>()
  for (const override of overrides) {
    const known = newest.get(nameOf(override))
    if (known === undefined || known.effectiveFrom <= override.effectiveFrom) newest.set(nameOf(override), override)
  }
  return [...newest.values()]
}

const nameOf = ({ integration, model }: RateOverride): string => `${integration}/${model}`

const substanceOf = ({ contextWindow, maxOutput, usd }: RateOverride): string =>
  JSON.stringify([contextWindow, maxOutput, Object.entries(usd).sort(([a], [b]) => (a < b ? -1 : 1))])
