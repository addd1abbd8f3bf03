import { isVendoError, type Nanos } from '@vendo/contract'
import type { Reply } from '../group-commit-store.ts'
import { assertAmounts } from '../ledger/assert-amounts.ts'
import type { ClaimedLimit } from '../ledger/claims.ts'
import { type Amounts, type Entry, heldAmount, settledAmount } from '../ledger/entry.ts'
import { admitted, isMoney, refuseClaim, refuseUsedUp } from '../ledger/hold.ts'
import type { WritableSettlement } from '../ledger/ledger-row.ts'
import { type RaisedHold, raiseToRest, reservedLimits, roomOf } from '../ledger/reserve.ts'
import { assertSettlement, withOvershoot } from '../ledger/settle.ts'
import type { EpochMs, HoldOutcome, HoldRequest } from '../records.ts'
import { storeErrorData } from '../store-error.ts'
import type { AccountBook } from './account-book.ts'
import type { GroupJob } from './group-job.ts'

/** An open hold, as it was read or as the group adds it. */
export interface OpenHold {
  readonly tenantId: string
  readonly entries: readonly Entry[]
  readonly amounts: Amounts
  readonly expiresAt: EpochMs
}

/** What a group was decided to do: replies, and what has to be written before they are true. */
export interface GroupPlan {
  readonly replies: readonly Reply[]
  readonly now: EpochMs
  /** Holds to add, with their entries. */
  readonly added: readonly {
    readonly request: HoldRequest
    /** The part of its `spendNanos` that is reserve. */
    readonly reservedNanos: Nanos
    readonly entries: readonly Entry[]
    /** What {@link GroupFacts.limitsOf} answered: the accounts of its entries. */
    readonly limits: readonly ClaimedLimit[]
    readonly open: boolean
  }[]
  /** Attempts whose holds existed before and close now. */
  readonly closed: readonly string[]
  /** Terminal rows to append. */
  readonly settlements: readonly WritableSettlement[]
}

/** What a plan is made from. */
export interface GroupFacts {
  readonly now: EpochMs
  /** The limits that a hold request has to pass, or why it may not call at all. */
  readonly limitsOf: (request: HoldRequest) => readonly ClaimedLimit[] | HoldOutcome
  readonly book: AccountBook
  /** The hold of an attempt, if it was open before the group. */
  readonly holdOf: (attemptId: string) => OpenHold | undefined
}

/** Thrown when a group cannot be decided as one; its jobs are run in smaller groups then. */
export class GroupRefused extends Error {}

/**
 * Decides a group of holds and settlements one by one, in order, as if each had been committed before the next: what the
 * single commands do, on accounts in memory.
 *
 * @throws {GroupRefused} when two holds of the group have one attempt id.
 */
export const planGroup = (jobs: readonly GroupJob[], facts: GroupFacts): GroupPlan => {
  const group = new Group(facts)
  const replies = jobs.map((job): Reply => {
    try {
      return { ok: true, value: job.name === 'hold' ? group.hold(job.request) : group.settle(job) }
    } catch (error) {
      if (!isVendoError(error)) throw error
      return { ok: false, error: storeErrorData(error) }
    }
  })
  return { replies, ...group.writes() }
}

interface Added extends RaisedHold {
  readonly entries: readonly Entry[]
  readonly limits: readonly ClaimedLimit[]
  open: boolean
}

class Group {
  readonly #facts: GroupFacts
  readonly #added = new Map<string, Added>()
  readonly #closed = new Set<string>()
  readonly #settlements: WritableSettlement[] = []

  constructor(facts: GroupFacts) {
    this.#facts = facts
  }

  hold(asked: HoldRequest): HoldOutcome {
    assertAmounts(asked)
    if (this.#added.has(asked.attemptId)) throw new GroupRefused('an attempt is held twice in one group')
    const { now, book, limitsOf } = this.#facts
    const limits = limitsOf(asked)
    if ('admitted' in limits) return limits
    const { request, reservedNanos } = asked.reservesRest
      ? this.#raise(asked, limits)
      : { request: asked, reservedNanos: 0n }
    const entries: Entry[] = []
    for (const limit of limits) {
      const { account, measure } = limit
      const amount = heldAmount(measure, request)
      // An amount of zero asks for nothing, so an exhausted account must not refuse it.
      const full = amount === 0n ? undefined : book.claim(limit, amount, request.tenantId)
      if (full !== undefined) {
        for (const earlier of entries) if (earlier.amount !== 0n) book.unclaim(earlier.account, earlier.amount)
        const refused = refuseClaim({ ...limit, amount }, full, now)
        return refused.heldByOpenCalls ? (this.#usedUp(limits, request) ?? refused) : refused
      }
      entries.push({ account, measure, amount })
    }
    this.#added.set(request.attemptId, { request, reservedNanos, entries, limits, open: true })
    return admitted(now, reservedNanos)
  }

  settle({ settlement, expiredBefore }: Extract<GroupJob, { name: 'settle' }>): boolean {
    assertSettlement(settlement)
    const { attemptId } = settlement
    const added = this.#added.get(attemptId)
    const hold = added === undefined ? this.#holdBefore(attemptId) : this.#holdAdded(added)
    if (hold === undefined) return false
    const { now, book } = this.#facts
    if (expiredBefore !== undefined && hold.expiresAt >= Math.min(expiredBefore, now)) return false
    if (added === undefined) this.#closed.add(attemptId)
    else added.open = false
    this.#settlements.push(withOvershoot(settlement, settlement, hold.amounts))
    const owner = { tenantId: hold.tenantId, now }
    for (const entry of hold.entries) book.move(entry, settledAmount(entry.measure, settlement), owner)
    return true
  }

  writes(): Omit<GroupPlan, 'replies'> {
    return {
      now: this.#facts.now,
      added: [...this.#added.values()],
      closed: [...this.#closed],
      settlements: this.#settlements,
    }
  }

  #raise(request: HoldRequest, limits: readonly ClaimedLimit[]): RaisedHold {
    const rooms = reservedLimits(request, limits).map((limit) => roomOf(limit, this.#facts.book.read(limit.account)))
    return raiseToRest(request, rooms)
  }

  /** The refusal of the narrowest limit that no end of a running call gives room. */
  #usedUp(limits: readonly ClaimedLimit[], request: HoldRequest): HoldOutcome | undefined {
    const { now, book } = this.#facts
    for (const limit of limits) {
      const amount = heldAmount(limit.measure, request)
      if (!isMoney(limit) || amount === 0n) continue
      const refusal = refuseUsedUp({ ...limit, amount }, book.read(limit.account), now)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }

  #holdBefore(attemptId: string): OpenHold | undefined {
    return this.#closed.has(attemptId) ? undefined : this.#facts.holdOf(attemptId)
  }

  #holdAdded({ request, entries, open }: Added): OpenHold | undefined {
    if (!open) return undefined
    return { tenantId: request.tenantId, entries, amounts: request, expiresAt: this.#facts.now + request.ttlMs }
  }
}
