/** How a call of the model stands. */
export interface ModelCall {
  readonly key: string
  readonly minute: number
  readonly wallet: bigint
  readonly spend: bigint
  readonly expiresAt: number
  readonly state: 'open' | 'background' | 'closed'
}

/** Limits of one of the model's keys: nano-USD in total, calls at once, requests per minute. */
export interface HistoryLimits {
  readonly total: bigint
  readonly concurrency: number
  readonly requests: number
}

/** The simplest thing that could be right: calls in a map, sums made anew each time. */
export class HistoryModel {
  readonly calls = new Map<string, ModelCall>()
  readonly limits = new Map<string, HistoryLimits>()
  readonly #topUps = new Map<string, bigint>()

  /** Whether the amount counts, now or before: another amount under one idempotency key does not. */
  topUp(key: string, amount: bigint): boolean {
    const earlier = this.#topUps.get(key)
    if (earlier === undefined) this.#topUps.set(key, amount)
    return earlier === undefined || earlier === amount
  }

  hold(id: string, call: Omit<ModelCall, 'state'>): boolean {
    const limits = this.limits.get(call.key)
    const own = [...this.calls.values()].filter(({ key }) => key === call.key)
    const fits =
      limits !== undefined &&
      own.filter(({ state }) => state === 'open').length < limits.concurrency &&
      own.filter(({ minute }) => minute === call.minute).length < limits.requests &&
      (call.spend === 0n || this.spent(call.key) + call.spend <= limits.total) &&
      (call.wallet === 0n || call.wallet <= this.available())
    if (fits) this.calls.set(id, { ...call, state: 'open' })
    return fits
  }

  settle(id: string, charge: { wallet: bigint; spend: bigint; state: 'background' | 'closed' }): boolean {
    return this.#change(id, 'open', charge)
  }

  correct(id: string, charge: { wallet: bigint; spend: bigint }): boolean {
    return this.#change(id, 'background', { ...charge, state: 'closed' })
  }

  renew(id: string, expiresAt: number): void {
    const call = this.calls.get(id)
    if (call?.state === 'open' && call.expiresAt < expiresAt) this.calls.set(id, { ...call, expiresAt })
  }

  /** Settles at their holds the calls that expired; how many there were. */
  expire(now: number): number {
    const expired = [...this.calls].filter(([, { state, expiresAt }]) => state === 'open' && expiresAt < now)
    for (const [id, call] of expired) this.calls.set(id, { ...call, state: 'closed' })
    return expired.length
  }

  available(): bigint {
    return sum(this.#topUps.values()) - sum([...this.calls.values()].map(({ wallet }) => wallet))
  }

  spent(key: string): bigint {
    return sum([...this.calls.values()].flatMap((call) => (call.key === key ? [call.spend] : [])))
  }

  #change(id: string, from: ModelCall['state'], to: Pick<ModelCall, 'wallet' | 'spend' | 'state'>): boolean {
    const call = this.calls.get(id)
    if (call?.state !== from) return false
    this.calls.set(id, { ...call, ...to })
    return true
  }
}

const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((total, amount) => total + amount, 0n)
