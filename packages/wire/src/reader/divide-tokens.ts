import type { Meter, Quantities } from '@vendo/contract'

/** A whole count, divided between meters. */
export interface DividedTokens {
  readonly parts: Quantities
  /** What no part took. */
  readonly rest: number
  /** The parts were said to add up to more than the whole. */
  readonly exceeds: boolean
}

/** Takes the parts out of the whole, each no larger than what is left, so that the sum is the whole whatever is reported. */
export const divideTokens = (total: number, wanted: { readonly [M in Meter]?: number | undefined }): DividedTokens => {
  let rest = total
  let exceeds = false
  const parts: [string, number][] = []
  for (const [meter, count] of Object.entries(wanted)) {
    if (count === undefined) continue
    const taken = Math.min(count, rest)
    exceeds ||= taken < count
    rest -= taken
    parts.push([meter, taken])
  }
  return { parts: Object.fromEntries(parts) as Quantities, rest, exceeds }
}

/** Meters that most models do not have are left out rather than reported as 0. */
export const nonZero = (count: number | undefined): number | undefined => (count === 0 ? undefined : count)
