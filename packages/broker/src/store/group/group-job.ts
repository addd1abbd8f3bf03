import type { WritableSettlement } from '../ledger/ledger-row.ts'
import type { EpochMs, HoldRequest } from '../records.ts'

/** A job that is decided together with others of its kind. */
export type GroupJob =
  | { readonly name: 'hold'; readonly request: HoldRequest }
  | {
      readonly name: 'settle'
      readonly settlement: WritableSettlement
      /** Settles only a hold that expired before this instant by the store's clock too: it may have been renewed meanwhile. */
      readonly expiredBefore?: EpochMs
    }
