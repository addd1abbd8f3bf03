import { type Nanos, nanosFromUsd } from '@vendo/contract'
import type { SharedLimits } from '@vendo/contract/api'
import type { Logger } from '../observe/logger.ts'
import { dayAt, monthAt } from '../store/ledger/window.ts'
import { type CallRecord, type KeySpend, priceUnknownFlag, type Settlement } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { EventDraft, EventLog } from './event-log.ts'

/** Whose call it was. */
type Subject = Pick<CallRecord, 'requestId' | 'tenantId' | 'keyId' | 'appId' | 'integration' | 'model'>

/** Turns what happens to money into events, off the path of any request. Never throws, and waits for nobody. */
export interface BillingEvents {
  /** A terminal row, or a correction, is in the store. */
  recorded(subject: Subject, settlement: Settlement, kind: 'terminal' | 'correction'): void
  /** The ledger refused a call because of a spend cap. */
  capRefused(scope: CapScope, cap: Cap): void
  /** The wallet may have changed otherwise. */
  walletTouched(tenantId: string): void
  close(): void
}

/** The spend caps there are. */
export type Cap = 'day' | 'month' | 'total'

/** Whose cap. */
export interface CapScope {
  readonly kind: 'key' | 'app' | 'tenant'
  readonly id: string
  readonly tenantId: string
}

/** What the events are made from. */
export interface BillingEventsOptions {
  readonly log: EventLog
  readonly store: Pick<Store, 'balance' | 'getKey' | 'keySpend' | 'sharedLimits' | 'scopeLimits'>
  readonly clock: () => number
  readonly logger: Logger
}

/** Wallets and caps are read at most this often, however many calls there are. */
const pauseMs = 250
const mostReadsAtOnce = 100
const mostRemembered = 100_000
const warnAtPercent = 80n

const nothing: KeySpend = { dayNanos: 0n, monthNanos: 0n, totalNanos: 0n }

/** Creates the events of one broker. */
export const createBillingEvents = (options: BillingEventsOptions): BillingEvents => new StoreBillingEvents(options)

class StoreBillingEvents implements BillingEvents {
  readonly #options: BillingEventsOptions
  readonly #wallets = new Set<string>()
  readonly #scopes = new Map<string, CapScope>()
  readonly #toldBalance = new Map<string, string>()
  readonly #toldCaps = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: BillingEventsOptions) {
    this.#options = options
  }

  recorded(subject: Subject, settlement: Settlement, kind: 'terminal' | 'correction'): void {
    this.#options.log.publish(usageRecorded(subject, settlement, kind))
    this.#wallets.add(subject.tenantId)
    for (const scope of scopesOf(subject)) this.#scopes.set(`${scope.kind} ${scope.id}`, scope)
    this.#schedule()
  }

  capRefused(scope: CapScope, cap: Cap): void {
    void this.#quietly(async () => this.#tellCap(await this.#stateOf(scope), cap, true))
  }

  walletTouched(tenantId: string): void {
    this.#wallets.add(tenantId)
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#options.log.close()
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed) return
    this.#timer = setTimeout(() => {
      void this.#quietly(() => this.#look()).then(() => {
        this.#timer = undefined
        if (this.#wallets.size + this.#scopes.size > 0) this.#schedule()
      })
    }, pauseMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    await Promise.all([
      ...take(this.#wallets, mostReadsAtOnce).map((tenantId) => this.#lookAtWallet(tenantId)),
      ...takeScopes(this.#scopes, mostReadsAtOnce).map((scope) => this.#lookAtCaps(scope)),
    ])
  }

  async #lookAtWallet(tenantId: string): Promise<void> {
    const { availableNanos, heldNanos } = await this.#options.store.balance(tenantId)
    const data = {
      credits_remaining_nanos: String(availableNanos > 0n ? availableNanos : 0n),
      held_nanos: String(heldNanos),
    }
    const amounts = `${availableNanos} ${heldNanos}`
    if (this.#toldBalance.get(tenantId) === amounts) return
    if (this.#toldBalance.size >= mostRemembered) this.#toldBalance.clear()
    this.#toldBalance.set(tenantId, amounts)
    this.#options.log.publish({ type: 'billing.balance_changed', tenantId, hearers: 'everyone', data })
  }

  async #lookAtCaps(scope: CapScope): Promise<void> {
    const state = await this.#stateOf(scope)
    for (const cap of caps) this.#tellCap(state, cap, false)
  }

  async #stateOf(scope: CapScope): Promise<CapState> {
    const { store } = this.#options
    const { kind, id, tenantId } = scope
    if (kind !== 'key') {
      const limits = await store.sharedLimits({ kind, id }, tenantId)
      // What nobody caps would have to be added up from all its keys.
      const capped = caps.some((cap) => capOf(limits, cap) !== undefined)
      return { scope, limits, spend: capped ? (await store.scopeLimits({ kind, id }, tenantId)).use : nothing }
    }
    const key = await store.getKey(id)
    return { scope, limits: key?.limits ?? {}, spend: await store.keySpend(id) }
  }

  #tellCap({ scope, limits, spend }: CapState, cap: Cap, refused: boolean): void {
    const limit = capOf(limits, cap)
    if (limit === undefined) return
    const used = usedOf(spend, cap)
    const tripped = refused || used >= limit
    const type = tripped ? 'billing.cap_tripped' : 'billing.cap_warned'
    if (!tripped && used * 100n < limit * warnAtPercent) return
    const { kind, id, tenantId } = scope
    const window = windowOf(cap, this.#options.clock())
    const name = `${type} ${kind} ${id} ${cap} ${window}`
    if (this.#toldCaps.has(name)) return
    if (this.#toldCaps.size >= mostRemembered) this.#toldCaps.clear()
    this.#toldCaps.add(name)
    const data = { scope: kind, scope_id: id, cap, window, cap_nanos: String(limit), used_nanos: String(used) }
    // A wider scope's amounts are not for the keys below it.
    this.#options.log.publish({ type, tenantId, hearers: kind === 'key' ? { keyId: id } : 'management', data })
  }

  /** An event that cannot be made is missing, and nothing else happens. */
  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.#closed) this.#options.logger.warn({ error: String(error) }, 'billing event not made')
    }
  }
}

const usageRecorded = (subject: Subject, settlement: Settlement, kind: 'terminal' | 'correction'): EventDraft => ({
  type: 'billing.usage_recorded',
  tenantId: subject.tenantId,
  hearers: { keyId: subject.keyId },
  data: {
    call_id: settlement.attemptId,
    request_id: subject.requestId,
    key_id: subject.keyId,
    app_id: subject.appId,
    integration: subject.integration,
    model: subject.model,
    served_model: settlement.servedModel,
    state: settlement.state,
    reason: settlement.reason,
    flags: [...settlement.flags],
    quantities: { ...settlement.quantities } as Record<string, number>,
    list_nanos: settlement.flags.includes(priceUnknownFlag) ? null : String(settlement.listNanos),
    charge_nanos: String(settlement.walletNanos),
    correction: kind === 'correction',
  },
})

/** A scope's caps, and what counts against them. */
interface CapState {
  readonly scope: CapScope
  readonly limits: SharedLimits
  readonly spend: KeySpend
}

const scopesOf = ({ keyId, appId, tenantId }: Subject): readonly CapScope[] => [
  { kind: 'key', id: keyId, tenantId },
  ...(appId === null ? [] : [{ kind: 'app' as const, id: appId, tenantId }]),
  { kind: 'tenant', id: tenantId, tenantId },
]

const caps: readonly Cap[] = ['day', 'month', 'total']

const capOf = (limits: SharedLimits, cap: Cap): Nanos | undefined => {
  const usd = { day: limits.spend_day_usd, month: limits.spend_month_usd, total: limits.spend_total_usd }[cap]
  return usd === undefined ? undefined : nanosFromUsd(usd)
}

const usedOf = ({ dayNanos, monthNanos, totalNanos }: KeySpend, cap: Cap): Nanos =>
  ({ day: dayNanos, month: monthNanos, total: totalNanos })[cap]

const windowOf = (cap: Cap, now: number): string | null => {
  if (cap === 'total') return null
  return cap === 'day' ? dayAt(now).name : monthAt(now).name
}

const take = (from: Set<string>, most: number): readonly string[] => {
  const taken = [...from].slice(0, most)
  for (const entry of taken) from.delete(entry)
  return taken
}

const takeScopes = (from: Map<string, CapScope>, most: number): readonly CapScope[] => {
  const taken = [...from].slice(0, most)
  for (const [name] of taken) from.delete(name)
  return taken.map(([, scope]) => scope)
}
