import { type Nanos, nanosFromUsd } from '@vendo/contract'
import type { Logger } from '../observe/logger.ts'
import { dayAt, monthAt } from '../store/ledger/window.ts'
import type { CallRecord, KeyRecord, KeySpend, Settlement } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { EventDraft, EventLog } from './event-log.ts'

/** Whose call it was. */
type Subject = Pick<CallRecord, 'requestId' | 'tenantId' | 'keyId' | 'appId' | 'integration' | 'model'>

/** Turns what happens to money into events, off the path of any request. Never throws, and waits for nobody. */
export interface BillingEvents {
  /** A terminal row, or a correction, is in the store. */
  recorded(subject: Subject, settlement: Settlement, kind: 'terminal' | 'correction'): void
  /** The ledger refused a call of this key because of a spend cap. */
  capRefused(key: KeyRecord, cap: Cap): void
  /** The wallet may have changed otherwise. */
  walletTouched(tenantId: string): void
  close(): void
}

/** The spend caps of a key. */
export type Cap = 'day' | 'month' | 'total'

/** What the events are made from. */
export interface BillingEventsOptions {
  readonly log: EventLog
  readonly store: Pick<Store, 'balance' | 'getKey' | 'keySpend'>
  readonly clock: () => number
  readonly logger: Logger
}

/** Wallets and caps are read at most this often, however many calls there are. */
const pauseMs = 250
const mostReadsAtOnce = 100
const mostRemembered = 100_000
const warnAtPercent = 80n

/** Creates the events of one broker. */
export const createBillingEvents = (options: BillingEventsOptions): BillingEvents => new StoreBillingEvents(options)

class StoreBillingEvents implements BillingEvents {
  readonly #options: BillingEventsOptions
  readonly #wallets = new Set<string>()
  readonly #keys = new Set<string>()
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
    this.#keys.add(subject.keyId)
    this.#schedule()
  }

  capRefused(key: KeyRecord, cap: Cap): void {
    void this.#quietly(async () => this.#tellCap(key, cap, 'refused', await this.#options.store.keySpend(key.id)))
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
        if (this.#wallets.size + this.#keys.size > 0) this.#schedule()
      })
    }, pauseMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    await Promise.all([
      ...take(this.#wallets, mostReadsAtOnce).map((tenantId) => this.#lookAtWallet(tenantId)),
      ...take(this.#keys, mostReadsAtOnce).map((keyId) => this.#lookAtCaps(keyId)),
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
    this.#options.log.publish({ type: 'billing.balance_changed', tenantId, keyId: null, data })
  }

  async #lookAtCaps(keyId: string): Promise<void> {
    const key = await this.#options.store.getKey(keyId)
    if (key === null || caps.every((cap) => capOf(key, cap) === undefined)) return
    const spend = await this.#options.store.keySpend(keyId)
    for (const cap of caps) this.#tellCap(key, cap, 'looked', spend)
  }

  #tellCap(key: KeyRecord, cap: Cap, why: 'refused' | 'looked', spend: KeySpend): void {
    const limit = capOf(key, cap)
    const { tenantId } = key
    if (limit === undefined || tenantId === null) return
    const used = usedOf(spend, cap)
    const tripped = why === 'refused' || used >= limit
    const type = tripped ? 'billing.cap_tripped' : 'billing.cap_warned'
    if (!tripped && used * 100n < limit * warnAtPercent) return
    const window = windowOf(cap, this.#options.clock())
    const name = `${type} ${key.id} ${cap} ${window}`
    if (this.#toldCaps.has(name)) return
    if (this.#toldCaps.size >= mostRemembered) this.#toldCaps.clear()
    this.#toldCaps.add(name)
    const data = { key_id: key.id, cap, window, cap_nanos: String(limit), used_nanos: String(used) }
    this.#options.log.publish({ type, tenantId, keyId: key.id, data })
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
  keyId: subject.keyId,
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
    list_nanos: String(settlement.listNanos),
    charge_nanos: String(settlement.walletNanos),
    correction: kind === 'correction',
  },
})

const caps: readonly Cap[] = ['day', 'month', 'total']

const capOf = ({ limits }: KeyRecord, cap: Cap): Nanos | undefined => {
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
