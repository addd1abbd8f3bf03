import { isVendoError, usdFromNanos } from '@vendo/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Bench, benchOn, noon, type OpenStore, openBench, settlementOf } from './bench.ts'
import { type HistoryLimits, HistoryModel } from './history-model.ts'
import { type HistoryStep, historyKeys, historySteps } from './history-step.ts'

/** Where a store lies, so that it can be left in the middle of something and opened again. */
export interface StorePlace {
  readonly open: OpenStore
  /** Ends whatever the store is doing, as losing its process does. What was not answered may or may not have happened. */
  crash(): Promise<void>
}

/** Options of {@link historyRules}. */
export interface HistoryOptions {
  /** A new, empty place. */
  readonly place: () => Promise<StorePlace>
  readonly runs: number
}

const startLimits: HistoryLimits = { total: 900n, concurrency: 3, requests: 6 }

/** Every history of holds, settlements, corrections, top-ups, expiries, cap changes and crashes ends as the model says. */
export const historyRules = (name: string, { place, runs }: HistoryOptions): void => {
  it(`${name}: ${runs} random histories end where the model ends`, async () => {
    const told = { steps: 0, crashes: 0, inDoubt: 0 }
    await fc.assert(
      fc.asyncProperty(historySteps, async (steps) => {
        const history = await History.begin(await place())
        for (const step of steps) await history.take(step)
        await history.end()
        told.steps += steps.length
        told.crashes += history.crashes
        told.inDoubt += history.inDoubt
      }),
      { numRuns: runs },
    )
    process.stdout.write(
      `ledger: ${name}: ${runs} histories, ${told.steps} steps, ${told.crashes} crashes that left ${told.inDoubt} answers in doubt\n`,
    )
  }, 300_000)
}

/** What was asked of the store, and how the model tells whether the answer is right. */
interface Asked {
  readonly answer: Promise<unknown>
  /** What the model makes of it; called in the order of asking. */
  readonly expected: () => unknown
  /** Whether it happened, when there was no answer. */
  readonly happened: (calls: ReadonlyMap<string, StoredCall>) => boolean
}

type StoredCall = Awaited<ReturnType<Bench['store']['listCalls']>>[number]

class History {
  crashes = 0
  inDoubt = 0
  readonly #place: StorePlace
  readonly #model = new HistoryModel()
  #bench: Bench
  #asked: Asked[] = []
  readonly #names = new Set<string>()
  #made = 0

  static async begin(place: StorePlace): Promise<History> {
    const history = new History(place, await openBench(place.open))
    for (const key of historyKeys) await history.#giveLimits(key, startLimits, true)
    return history
  }

  private constructor(place: StorePlace, bench: Bench) {
    this.#place = place
    this.#bench = bench
  }

  /** Calls are asked for all at once, so that the store groups them as it likes; everything else waits for them. */
  async take(step: HistoryStep): Promise<void> {
    const { store, clock } = this.#bench
    switch (step.kind) {
      case 'hold':
        return this.#hold(step)
      case 'settle':
        return this.#settle(step)
      case 'correct':
        return this.#correct(step)
      case 'topUp':
        await this.#wait()
        return this.#topUp(step)
      case 'renew':
        await this.#wait()
        await store.renewHolds([`call-${step.call}`], step.ttl * 1000)
        return this.#model.renew(`call-${step.call}`, clock.now + step.ttl * 1000)
      case 'wait':
        await this.#wait()
        clock.now += step.seconds * 1000
        return
      case 'expire':
        await this.#wait()
        expect(await store.settleOrphans(clock.now)).toBe(this.#model.expire(clock.now))
        return
      case 'cap':
        await this.#wait()
        return this.#giveLimits(step.key, step, false)
      case 'prune':
        await this.#wait()
        await store.pruneWindows(clock.now + 1e9)
        return
      case 'crash':
        return this.#crash()
    }
  }

  async end(): Promise<void> {
    await this.#wait()
    const { store } = this.#bench
    try {
      expect((await store.balance('acme')).availableNanos).toBe(this.#model.available())
      for (const key of historyKeys) expect((await store.keySpend(key)).totalNanos).toBe(this.#model.spent(key))
      expect(await store.verify()).toMatchObject({ ok: true, problems: [] })
    } finally {
      await store.close()
    }
  }

  #hold({ call, key, wallet, spend, ttl }: Extract<HistoryStep, { kind: 'hold' }>): void {
    const { clock } = this.#bench
    const id = `call-${call}`
    // A broker never uses an attempt id twice, so a second hold of a call is another call; there are few to settle, many to hold.
    const attemptId = this.#model.calls.has(id) || this.#names.has(id) ? `more-${++this.#made}` : id
    this.#names.add(attemptId)
    const minute = Math.floor((clock.now - noon) / 60_000)
    const request = { attemptId, keyId: key, walletNanos: wallet, spendNanos: spend, ttlMs: ttl * 1000 }
    this.#ask({
      answer: this.#bench.hold(request).then(({ admitted }) => admitted),
      expected: () => this.#model.hold(attemptId, { key, minute, wallet, spend, expiresAt: clock.now + ttl * 1000 }),
      happened: (calls) => calls.has(attemptId),
    })
  }

  #settle({ call, wallet, spend, background }: Extract<HistoryStep, { kind: 'settle' }>): void {
    const id = `call-${call}`
    const servedModel = `settled-${++this.#made}`
    const end = background ? ({ state: 'estimated', reason: 'background', responseId: id } as const) : {}
    this.#ask({
      answer: this.#bench.settle(id, { walletNanos: wallet, spendNanos: spend, servedModel, ...end }),
      expected: () => this.#model.settle(id, { wallet, spend, state: background ? 'background' : 'closed' }),
      happened: (calls) => {
        const shown = calls.get(id)?.servedModel
        return shown === servedModel || (background && shown?.startsWith('corrected') === true)
      },
    })
  }

  #correct({ call, wallet, spend }: Extract<HistoryStep, { kind: 'correct' }>): void {
    const id = `call-${call}`
    const servedModel = `corrected-${++this.#made}`
    this.#ask({
      answer: this.#bench.store.correct(settlementOf(id, { walletNanos: wallet, spendNanos: spend, servedModel })),
      expected: () => this.#model.correct(id, { wallet, spend }),
      happened: (calls) => calls.get(id)?.servedModel === servedModel,
    })
  }

  async #topUp({ number, amount }: Extract<HistoryStep, { kind: 'topUp' }>): Promise<void> {
    const idempotencyKey = `top-up-${number}`
    const counts = this.#model.topUp(idempotencyKey, amount)
    const id = `${idempotencyKey}-${++this.#made}`
    const topUp = this.#bench.store.topUp({ id, tenantId: 'acme', amountNanos: amount, note: '', idempotencyKey })
    if (counts) expect(await topUp).toContain(idempotencyKey)
    else await expect(topUp).rejects.toMatchObject({ code: 'idempotency_conflict' })
  }

  async #giveLimits(id: string, limits: HistoryLimits, isNew: boolean): Promise<void> {
    const { total, concurrency, requests } = limits
    const keyLimits = { spend_total_usd: usdFromNanos(total), concurrency, requests_per_minute: requests }
    if (isNew) await this.#bench.key(keyLimits, { id })
    else await this.#bench.store.updateKey({ id, tenantId: 'acme', limits: keyLimits, authorKeyId: null })
    this.#model.limits.set(id, limits)
  }

  async #crash(): Promise<void> {
    this.crashes++
    await this.#place.crash()
    const answers = await Promise.allSettled(this.#asked.map(({ answer }) => answer))
    await this.#bench.store.close().catch(() => undefined)
    this.#bench = benchOn(await this.#place.open({ clock: () => this.#bench.clock.now }), this.#bench.clock)
    const calls = await this.#storedCalls()
    for (const [index, { expected, happened }] of this.#asked.entries()) {
      const answer = answers[index]
      if (answer?.status === 'fulfilled') expect(answer.value).toBe(expected())
      else if (isUnavailable(answer?.reason)) {
        this.inDoubt++
        if (happened(calls)) expected()
      } else throw answer?.reason
    }
    this.#asked = []
    this.#names.clear()
  }

  async #storedCalls(): Promise<ReadonlyMap<string, StoredCall>> {
    const calls = await this.#bench.store.listCalls({ tenantId: 'acme', limit: 1000 })
    return new Map(calls.map((call) => [call.attemptId, call]))
  }

  #ask(asked: Asked): void {
    // An answer that is looked at later must not count as unhandled until then.
    asked.answer.catch(() => undefined)
    this.#asked.push(asked)
  }

  async #wait(): Promise<void> {
    for (const { answer, expected } of this.#asked) expect(await answer).toBe(expected())
    this.#asked = []
    this.#names.clear()
  }
}

const isUnavailable = (error: unknown): boolean => isVendoError(error) && error.code === 'store_unavailable'
