import type { EpochMs, RateOverride } from '../store/records.ts'

/** The rates that say something new: overrides are append-only, so a repeated import must not add them again. */
export const changedRates = (
  wanted: readonly RateOverride[],
  present: readonly RateOverride[],
  now: EpochMs,
): readonly RateOverride[] => {
  const inEffect = ratesFrom(present, now).filter(({ effectiveFrom }) => effectiveFrom <= now)
  const current = new Map(inEffect.map((override) => [nameOf(override), substanceOf(override)]))
  return wanted.filter((override) => current.get(nameOf(override)) !== substanceOf(override))
}

/**
 * What counts from an instant on: of each model the rates that are in effect then, and those that come later. By model, then in
 * time.
 *
 * @param overrides in the order they were added: of those that take effect at one instant, the last wins.
 */
export const ratesFrom = (overrides: readonly RateOverride[], now: EpochMs): readonly RateOverride[] => {
  const byModel = new Map<string, RateOverride[]>()
  for (const override of overrides.toSorted((left, right) => left.effectiveFrom - right.effectiveFrom)) {
    const known = byModel.get(nameOf(override)) ?? []
    const last = known.at(-1)
    const replaces =
      last !== undefined && (override.effectiveFrom <= now || override.effectiveFrom === last.effectiveFrom)
    byModel.set(nameOf(override), [...(replaces ? known.slice(0, -1) : known), override])
  }
  return [...byModel.values()].flat()
}

const nameOf = ({ integration, model }: RateOverride): string => `${integration}/${model}`

const substanceOf = ({ contextWindow, maxOutput, usd }: RateOverride): string =>
  JSON.stringify([contextWindow, maxOutput, Object.entries(usd).sort(([a], [b]) => (a < b ? -1 : 1))])
