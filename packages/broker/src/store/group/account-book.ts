import { type Account, isForgotten } from '../ledger/account.ts'
import type { ClaimedLimit } from '../ledger/claims.ts'
import type { Entry } from '../ledger/entry.ts'
import type { EpochMs } from '../records.ts'

/** An account during a group: as it was read, and as the group leaves it. */
export interface BookedAccount {
  readonly id: string
  readonly tenantId: string
  /** Undefined when the account does not exist yet. */
  readonly before: Account | undefined
  after: Account
}

/** The accounts of one group of jobs. What is booked here is written later, each account once with the sum. */
export interface AccountBook {
  /** Sets an amount aside when there is room; undefined when there was, else the account as it is. */
  claim(limit: ClaimedLimit, amount: bigint, tenantId: string): Account | undefined
  /** An account as the group has left it so far. */
  read(account: string): Account
  /** Gives back what {@link AccountBook.claim} set aside. */
  unclaim(account: string, amount: bigint): void
  /** Turns what an entry holds into `settled`, unguarded. */
  move(entry: Entry, settled: bigint, owner: { readonly tenantId: string; readonly now: EpochMs }): void
  /** Those that the group left different from how it found them. */
  changed(): readonly BookedAccount[]
}

/** The accounts that exist, by their id. */
export interface FoundAccounts {
  get(id: string): Account | undefined
}

const empty: Account = { credit: 0n, settled: 0n, held: 0n }

/** A book over accounts as they are before the group. */
export const createAccountBook = (found: FoundAccounts): AccountBook => {
  const booked = new Map<string, BookedAccount>()
  const open = (id: string, tenantId: string): BookedAccount => {
    const known = booked.get(id)
    if (known !== undefined) return known
    const before = found.get(id)
    const account = { id, tenantId, before, after: before ?? empty }
    booked.set(id, account)
    return account
  }
  return {
    claim: ({ account, measure, limit }, amount, tenantId) => {
      const place = open(account, tenantId)
      const { credit, settled, held } = place.after
      const all = held + amount
      if (settled + all > (measure === 'wallet' ? credit : limit)) return place.after
      place.after = { credit, settled, held: all }
      return undefined
    },
    read: (account) => booked.get(account)?.after ?? found.get(account) ?? empty,
    unclaim: (account, amount) => {
      const place = booked.get(account)
      if (place !== undefined) place.after = { ...place.after, held: place.after.held - amount }
    },
    move: ({ account, amount: held }, settled, { tenantId, now }) => {
      if (held === 0n && settled === 0n) return
      const place = open(account, tenantId)
      if (place.before === undefined && place.after.held === 0n && isForgotten(account, now)) return
      const { after } = place
      place.after = { credit: after.credit, settled: after.settled + settled, held: after.held - held }
    },
    changed: () =>
      [...booked.values()].filter(
        ({ before = empty, after }) => before.settled !== after.settled || before.held !== after.held,
      ),
  }
}
