import { createVendoError } from '@vendo/contract'
import type { Caller } from './records.ts'

/**
 * Counts the refused bodies of each key. No hold exists before a body is understood, so the ledger does not see these
 * requests; without a count one key could have expensive bodies read for nothing.
 */
export interface RefusedBodies {
  /** @throws {VendoError} `rate_limited` when the key has used up its requests of this minute with refused bodies. */
  assertRoom(caller: Caller): void
  refused(caller: Caller): void
}

/** Refused bodies per minute of a key without a limit of its own. */
export const maxRefusedBodiesPerMinute = 60

const minuteMs = 60_000

/** Creates a count that forgets everything with each minute of the clock. */
export const createRefusedBodies = (clock: () => number): RefusedBodies => {
  const counts = new Map<string, number>()
  let minute = 0
  const countOf = (keyId: string): number => {
    const now = Math.floor(clock() / minuteMs)
    if (now !== minute) counts.clear()
    minute = now
    return counts.get(keyId) ?? 0
  }
  return {
    assertRoom: ({ key }) => {
      if (counts.size === 0) return
      const max = Math.min(key.limits.requests_per_minute ?? maxRefusedBodiesPerMinute, maxRefusedBodiesPerMinute)
      if (countOf(key.id) < max) return
      const left = (minute + 1) * minuteMs - clock()
      throw createVendoError(`This key has sent ${max} bodies in this minute that were refused.`, {
        code: 'rate_limited',
        suggestedFix: 'Correct the requests as their answers say, and wait as long as `Retry-After` says.',
        retryAfter: Math.ceil(left / 1_000),
      })
    },
    refused: ({ key }) => void counts.set(key.id, countOf(key.id) + 1),
  }
}
