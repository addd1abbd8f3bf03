import type { WaitOutcome } from '../observe/observer.ts'
import type { HoldOutcome } from '../store/records.ts'

/** How long calls wait for the money that running calls hold, and how many of them. */
export interface HoldLinePolicy {
  /** How long one call waits at most, in ms; 0 = no call waits. */
  readonly maxMs: number
  /** How many calls wait for one limit. */
  readonly maxCalls: number
  /** How many calls wait in all. Each keeps its body in memory meanwhile. */
  readonly maxCallsInAll: number
  /** How often all of them ask again, in ms: for money that another broker gave back, a raised cap, a top-up. */
  readonly pollMs: number
}

/** Half a minute is less than what clients and proxies give a model to answer. */
export const defaultHoldLinePolicy: HoldLinePolicy = { maxMs: 30_000, maxCalls: 100, maxCallsInAll: 1_000, pollMs: 500 }

/** A call that may have to wait. */
export interface Claimant {
  readonly tenantId: string
  /** The money it counts against, such as `key:key_1` and `wallet`. Of two calls that share one, the earlier goes first. */
  readonly purses: readonly string[]
  /** Asks the store for the hold. Asked again and again, each time after the last answer. */
  ask(): Promise<HoldOutcome>
  /** Names the purse that a refusal is about. */
  purseOf(refused: HeldOutcome): string
  /** Calls back when the client leaves; returns how to stop listening. */
  onGone(leave: () => void): () => void
}

/** A refusal that the end of a running call may change. */
export type HeldOutcome = Extract<HoldOutcome, { readonly admitted: false }>

/** What became of a claimant: the store's answer, or why it gave up without one. */
export type LineOutcome = HoldOutcome | Exclude<WaitOutcome, 'admitted' | 'refused'>

/** Calls that wait because only running calls hold the money they need: first come, first served, for each purse. */
export interface HoldLine {
  /**
   * Holds, waiting in line if need be; with `refused`, the claimant has asked already. Whoever leaves gives its place up; a hold that was just being made is answered all the
   * same, so that it can be released.
   *
   * @throws whatever {@link Claimant.ask} throws.
   */
  hold(claimant: Claimant, refused?: HeldOutcome): Promise<LineOutcome>
  /** Money of a tenant may have come back: those who wait for it ask again. Costs nothing while nobody waits. */
  wake(tenantId: string): void
  /** How many calls wait. */
  readonly size: number
  /** Sends everybody away, and whoever comes later. */
  close(): void
}

/** Creates an empty line. `onEnd` is told how each wait ended, after so many ms. */
export const createHoldLine = (policy: HoldLinePolicy, onEnd: (end: WaitOutcome, ms: number) => void): HoldLine =>
  new StoreHoldLine(policy, onEnd)

interface Waiter {
  readonly claimant: Claimant
  readonly since: number
  /** What it waits for, as it was last refused. */
  purse: string
  /** Its question is with the store. */
  asking: boolean
  /** The store has answered it before. */
  asked: boolean
  /** Why it gives up as soon as that is answered. */
  leaving: Exclude<WaitOutcome, 'admitted' | 'refused'> | undefined
  readonly end: (outcome: LineOutcome) => void
  readonly fail: (error: unknown) => void
}

interface TenantLine {
  readonly waiters: Set<Waiter>
  serving: boolean
  /** Something happened while it was being served. */
  again: boolean
}

class StoreHoldLine implements HoldLine {
  readonly #policy: HoldLinePolicy
  readonly #onEnd: (end: WaitOutcome, ms: number) => void
  readonly #tenants = new Map<string, TenantLine>()
  #size = 0
  #closed = false
  #poll: NodeJS.Timeout | undefined
  /** The last of the questions that are asked because a wait is over. */
  #lastQuestion: Promise<void> = Promise.resolve()

  constructor(policy: HoldLinePolicy, onEnd: (end: WaitOutcome, ms: number) => void) {
    this.#policy = policy
    this.#onEnd = onEnd
  }

  get size(): number {
    return this.#size
  }

  async hold(claimant: Claimant, refused?: HeldOutcome): Promise<LineOutcome> {
    const before = refused === undefined ? this.#purseInLine(claimant) : undefined
    if (before !== undefined) return this.#wait(claimant, before, false)
    const outcome = refused ?? (await claimant.ask())
    if (!isHeld(outcome)) return outcome
    const waiting = this.#wait(claimant, claimant.purseOf(outcome), true)
    // What it waits for may have come back while the answer was on its way.
    this.wake(claimant.tenantId)
    return waiting
  }

  wake(tenantId: string): void {
    const line = this.#tenants.get(tenantId)
    if (line !== undefined) void this.#serve(line)
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#poll)
    for (const { waiters } of this.#tenants.values()) for (const waiter of [...waiters]) this.#leave(waiter, 'shutdown')
  }

  /** The purse of a claimant that somebody waits for already. */
  #purseInLine({ tenantId, purses }: Claimant): string | undefined {
    if (this.#size === 0) return undefined
    for (const { purse } of this.#tenants.get(tenantId)?.waiters ?? []) if (purses.includes(purse)) return purse
    return undefined
  }

  #wait(claimant: Claimant, purse: string, hasAsked: boolean): Promise<LineOutcome> {
    const { maxMs, maxCallsInAll } = this.#policy
    const full = maxMs <= 0 || this.#size >= maxCallsInAll || this.#isFull(claimant, purse)
    const refusal = this.#closed ? 'shutdown' : full ? 'full' : undefined
    if (refusal !== undefined) {
      this.#onEnd(refusal, 0)
      return Promise.resolve(refusal)
    }
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(timer)
        stopListening()
      }
      const waiter: Waiter = {
        ...{ claimant, purse, since: performance.now(), asking: false, asked: hasAsked, leaving: undefined },
        end: (outcome) => {
          settled()
          resolve(outcome)
        },
        fail: (error) => {
          settled()
          reject(error)
        },
      }
      const timer = setTimeout(() => void this.#askOnceMore(waiter), maxMs)
      timer.unref()
      const stopListening = claimant.onGone(() => this.#leave(waiter, 'client_gone'))
      this.#add(waiter)
    })
  }

  #isFull({ tenantId }: Claimant, purse: string): boolean {
    let waiting = 0
    for (const waiter of this.#tenants.get(tenantId)?.waiters ?? []) if (waiter.purse === purse) waiting++
    return waiting >= this.#policy.maxCalls
  }

  #add(waiter: Waiter): void {
    const { tenantId } = waiter.claimant
    const line = this.#tenants.get(tenantId) ?? { waiters: new Set(), serving: false, again: false }
    this.#tenants.set(tenantId, line)
    line.waiters.add(waiter)
    this.#size++
    this.#poll ??= setInterval(() => this.#wakeAll(), this.#policy.pollMs).unref()
  }

  #remove(waiter: Waiter, end: WaitOutcome): boolean {
    const { tenantId } = waiter.claimant
    const line = this.#tenants.get(tenantId)
    if (line?.waiters.delete(waiter) !== true) return false
    if (line.waiters.size === 0) this.#tenants.delete(tenantId)
    this.#size--
    if (this.#size === 0) {
      clearInterval(this.#poll)
      this.#poll = undefined
    }
    this.#onEnd(end, performance.now() - waiter.since)
    return true
  }

  #wakeAll(): void {
    for (const tenantId of [...this.#tenants.keys()]) this.wake(tenantId)
  }

  #leave(waiter: Waiter, end: Exclude<WaitOutcome, 'admitted' | 'refused'>): void {
    if (waiter.asking) waiter.leaving ??= end
    else if (this.#remove(waiter, end)) waiter.end(end)
  }

  /** Asks one after the other, and nobody whose purse an earlier one waits for. */
  async #serve(line: TenantLine): Promise<void> {
    line.again = true
    if (line.serving) return
    line.serving = true
    while (line.again) {
      line.again = false
      const awaited = new Set<string>()
      for (const waiter of [...line.waiters]) {
        if (!line.waiters.has(waiter)) continue
        if (!waiter.claimant.purses.some((purse) => awaited.has(purse))) await this.#ask(waiter)
        if (line.waiters.has(waiter)) awaited.add(waiter.purse)
      }
    }
    line.serving = false
  }

  async #ask(waiter: Waiter): Promise<void> {
    if (waiter.asking) return
    waiter.asking = true
    try {
      const outcome = await waiter.claimant.ask()
      waiter.asking = false
      if (!isHeld(outcome)) {
        if (this.#remove(waiter, outcome.admitted ? 'admitted' : 'refused')) waiter.end(outcome)
        return
      }
      waiter.asked = true
      waiter.purse = waiter.claimant.purseOf(outcome)
    } catch (error) {
      if (this.#remove(waiter, 'refused')) waiter.fail(error)
      return
    }
    if (waiter.leaving !== undefined) this.#leave(waiter, waiter.leaving)
  }

  /**
   * Whoever has only waited behind others learns in the end whether it would have been refused for good. Calls that came
   * together are over together: they ask one after the other, so that the store does not meet them as a crowd.
   */
  #askOnceMore(waiter: Waiter): Promise<void> {
    this.#lastQuestion = this.#lastQuestion.then(async () => {
      // It may have left while others asked.
      const waits = this.#tenants.get(waiter.claimant.tenantId)?.waiters.has(waiter) === true
      if (waits && !waiter.asked) await this.#ask(waiter)
      this.#leave(waiter, 'timeout')
    })
    return this.#lastQuestion
  }
}

/** Whether only running calls stand in the way of a hold. */
export const isHeld = (outcome: HoldOutcome): outcome is HeldOutcome =>
  !outcome.admitted && outcome.heldByOpenCalls === true
