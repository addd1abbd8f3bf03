import type { GroupJob } from '../group/group-job.ts'
import type { Store } from '../store.ts'

/** Writes to the ledger that are rare enough to be run alone. */
export type SingleName =
  | 'topUp'
  | 'correct'
  | 'refund'
  | 'setLimits'
  | 'updateKey'
  | 'carryOut'
  | 'renewHolds'
  | 'pruneWindows'

/** A rare write, as data. */
export type SingleJob = {
  readonly [N in SingleName]: { readonly name: N; readonly parameters: Parameters<Store[N]> }
}[SingleName]

/** Whatever waits in the ledger's lane. */
export type LedgerJob = GroupJob | SingleJob

/** Whether a job may be decided together with others. */
export const isGroupJob = (job: LedgerJob): job is GroupJob => job.name === 'hold' || job.name === 'settle'
