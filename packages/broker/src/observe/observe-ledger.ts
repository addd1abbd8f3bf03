import type { HoldOutcome, HoldRequest, Settlement } from '../store/records.ts'
import { type Observer, silentObserver } from './observer.ts'

/** The two calls of a store that every metered call waits for. */
export interface LedgerCalls {
  hold(request: HoldRequest): Promise<HoldOutcome>
  settle(settlement: Settlement): Promise<boolean>
}

/** The same store, whose holds and settlements an observer is told of. Failures of the store are told by what comes of them. */
export const observeLedger = <Ledger extends LedgerCalls>(ledger: Ledger, observer: Observer): Ledger => {
  if (observer === silentObserver) return ledger
  return {
    ...ledger,
    hold: async (request: HoldRequest) => {
      const askedAt = performance.now()
      const outcome = await ledger.hold(request)
      observer.holdAnswered(request.attemptId, outcome.admitted, performance.now() - askedAt)
      return outcome
    },
    settle: async (settlement: Settlement) => {
      const askedAt = performance.now()
      const written = await ledger.settle(settlement)
      observer.settled(settlement.attemptId, performance.now() - askedAt)
      return written
    },
  }
}
