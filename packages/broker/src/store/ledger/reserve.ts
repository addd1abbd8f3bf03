import type { Nanos } from '@vendo/contract'
import type { HoldRequest } from '../records.ts'
import { type Account, noLimit } from './account.ts'
import { maxCallNanos } from './assert-amounts.ts'
import type { ClaimedLimit } from './claims.ts'

/** A hold request with its reserve added to what it sets aside from spend caps. */
export interface RaisedHold {
  readonly request: HoldRequest
  /** The part of `request.spendNanos` that is reserve. */
  readonly reservedNanos: Nanos
}

/** The limits whose room decides how much a hold reserves: none for one that reserves nothing. */
export const reservedLimits = (
  { reservesRest }: Pick<HoldRequest, 'reservesRest'>,
  limits: readonly ClaimedLimit[],
): readonly ClaimedLimit[] =>
  reservesRest === true ? limits.filter(({ measure, limit }) => measure === 'spend' && limit < noLimit) : []

/** What a limit has left beside everything that is settled and held. */
export const roomOf = ({ limit }: ClaimedLimit, { settled, held }: Account): Nanos => limit - settled - held

/**
 * Raises a hold to what is left of the narrowest of its limits, so that nothing else can be admitted against the money that it
 * may still need. One that does not even fit without a reserve stays as it is, to be refused.
 *
 * @param rooms what each of {@link reservedLimits} has left.
 */
export const raiseToRest = (request: HoldRequest, rooms: readonly Nanos[]): RaisedHold => {
  const [first, ...others] = rooms
  if (first === undefined) return { request, reservedNanos: 0n }
  const rest = smaller(others.reduce(smaller, first), maxCallNanos)
  if (rest <= request.spendNanos) return { request, reservedNanos: 0n }
  return { request: { ...request, spendNanos: rest }, reservedNanos: rest - request.spendNanos }
}

const smaller = (left: Nanos, right: Nanos): Nanos => (left < right ? left : right)
