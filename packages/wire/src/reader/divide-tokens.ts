import type { Meter, Quantities } from '@vendo/contract'
import type { Mutable } from '../mutable.ts'

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
  const parts: Mutable<Quantities> = {}
  for (const meter of Object.keys(wanted) as Meter[]) {
    const count = wanted[meter]
    if (count === undefined) continue
    const taken = Math.min(count, rest)
    exceeds ||= taken < count
    rest -= taken
    parts[meter] = taken
  }
  return { parts, rest, exceeds }
}

/** Meters that most models do not have are left out rather than reported as 0. */
export const nonZero = (count: number | undefined): number | undefined => (count === 0 ? undefined : count)
