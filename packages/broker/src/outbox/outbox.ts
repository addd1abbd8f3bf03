import type { Logger } from '../observe/logger.ts'
import type { Observer } from '../observe/observer.ts'
import { Roster } from '../roster/roster.ts'
import type { EpochMs, Settlement } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { type AppliedListener, type Applier, createApplier } from './apply-entry.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { type OutboxFiles, openOutboxFiles } from './outbox-files.ts'
import { createParcel, type Parcel } from './parcel.ts'
import { isStoreFailure, type StoreGate } from './store-gate.ts'

/** What is known of a hold whose answer was lost. */
export type HoldFate = 'held' | 'refused' | 'unknown'

/** An entry before the outbox dates it. */
export interface EntryDraft extends Omit<OutboxEntry, 'decidedAt'> {
  /** What the call is settled at when the store refuses the settlement for good: an open hold would block its key. */
  readonly atHold?: () => Settlement
}

/** Brings every settlement into the store exactly once, over outages of the store and ends of this process. */
export interface Outbox {
  /**
   * Resolves when the settlement is in the store, or on the disk of this machine; where there is no folder, or it cannot be
   * written, when it waits in memory. Never rejects.
   */
  settle(draft: EntryDraft): Promise<void>
  /** Gives back a hold that may or may not have been committed, as soon as the attempt to make it is over. Never rejects. */
  release(draft: Omit<EntryDraft, 'kind'>, fate: Promise<HoldFate>): Promise<void>
  /**
   * Applies what an earlier process left behind; to be called before its open holds are settled as orphans.
   *
   * @throws {VendoError} `store_unavailable` when the folder cannot be written, or the store does not answer.
   */
  recover(): Promise<void>
  /** Tries once to apply everything that waits. */
  flush(): Promise<void>
  /** How many settlements the store has not taken yet. */
  readonly waiting: number
  /** Tries once more, leaves the rest to the next start, and resolves to how many were lost: nothing took them. Idempotent. */
  close(): Promise<number>
}

/** What an outbox works with. */
export interface OutboxOptions {
  readonly store: Pick<Store, 'settle' | 'correct'>
  readonly gate: StoreGate
  /** Absent: settlements wait in memory alone. */
  readonly folder: string | undefined
  readonly onApplied: AppliedListener
  readonly observer: Pick<Observer, 'settled'>
  readonly logger: Logger
  readonly clock: () => EpochMs
}

const firstWaitMs = 50
const longestWaitMs = 1_000
const mostAtOnce = 64
const roundsAtStart = 3
/** How often an entry fails while the store takes others before it counts as one that will never be taken. */
const mostFailures = 5

/** Creates an outbox. Its files are opened by {@link Outbox.recover}, or when the store first fails. */
export const createOutbox = (options: OutboxOptions): Outbox => new StoreOutbox(options)

class StoreOutbox implements Outbox {
  readonly #options: OutboxOptions
  readonly #apply: Applier
  readonly #parcels = new Set<Parcel>()
  readonly #direct = new Roster<Promise<unknown>>()
  readonly #writes = new Set<Promise<void>>()
  #taken = 0
  #opened: Promise<OutboxFiles> | undefined
  #round: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #waitMs = firstWaitMs
  #closed: Promise<number> | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#apply = createApplier(options)
  }

  get waiting(): number {
    return this.#parcels.size
  }

  settle({ kind, settlement, subject, atHold }: EntryDraft): Promise<void> {
    const entry: OutboxEntry = { kind, settlement, subject, decidedAt: this.#options.clock() }
    const attempt = this.#apply(entry)
    const place = this.#direct.add(attempt)
    return attempt.then(
      () => {
        this.#direct.remove(place)
        this.#taken++
      },
      (error: unknown) => {
        this.#direct.remove(place)
        const parcel = createParcel(entry, { blocked: false, durable: false })
        if (isStoreFailure(error) || atHold === undefined) return this.#keep(parcel, error)
        return this.#settleAtHold(parcel, atHold, error)
      },
    )
  }

  release(draft: Omit<EntryDraft, 'kind'>, fate: Promise<HoldFate>): Promise<void> {
    const entry: OutboxEntry = { ...draft, kind: 'release', decidedAt: this.#options.clock() }
    const parcel = createParcel(entry, { blocked: true, durable: false })
    void fate.then((known) => {
      parcel.blocked = false
      if (known === 'refused') this.#parcels.delete(parcel)
      this.#wake()
    })
    return this.#store(parcel)
  }

  async recover(): Promise<void> {
    const { logger } = this.#options
    const files = await this.#open()
    if (files === undefined) return
    await this.#adopt(files, await files.readPending())
    if (this.#parcels.size > 0) logger.warn({ waiting: this.#parcels.size }, 'settlements found in the outbox')
    // Failures of a well store are not waited for: they must not keep the broker from starting.
    for (let round = 0; round < roundsAtStart && this.#parcels.size > 0; round++) {
      await this.flush()
      await this.#options.gate.whenUsable()
    }
    await this.#clear()
  }

  flush(): Promise<void> {
    if (this.#parcels.size === 0) return Promise.resolve()
    this.#round ??= this.#applyReady().finally(() => {
      this.#round = undefined
      this.#wake()
    })
    return this.#round
  }

  close(): Promise<number> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #end(): Promise<number> {
    let lost = 0
    await Promise.allSettled(this.#direct)
    await this.#round
    await this.flush()
    clearTimeout(this.#timer)
    await Promise.allSettled(this.#writes)
    for (const { entry, durable } of this.#parcels) {
      const { attemptId } = entry.settlement
      if (durable) this.#options.logger.warn({ attemptId }, 'settlement left in the outbox for the next start')
      else {
        lost++
        this.#options.logger.error({ attemptId }, 'settlement lost: neither the store nor the outbox took it')
      }
    }
    const files = await this.#opened?.catch(() => undefined)
    await files?.close()
    return lost
  }

  /** Opens the files once. @throws when the folder cannot be used. */
  #open(): Promise<OutboxFiles> | undefined {
    const { folder, logger, clock } = this.#options
    if (folder === undefined) return undefined
    this.#opened ??= openOutboxFiles({ folder, logger, clock }).catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async #adopt(files: OutboxFiles, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return
    // Loaded only where it is used, which is hardly ever: it takes a while.
    const { decodeEntry } = await import('./decode-entry.ts')
    for (const line of lines) {
      try {
        this.#parcels.add(createParcel(decodeEntry(line), { blocked: false, durable: true }))
      } catch {
        await files.bury({ line, reason: 'The line cannot be read.', attemptId: undefined })
      }
    }
  }

  /** The letter is for a person; the hold is closed at once all the same. */
  async #settleAtHold(parcel: Parcel, atHold: () => Settlement, error: unknown): Promise<void> {
    await this.#bury(parcel, String(error))
    const { kind, subject } = parcel.entry
    await this.settle({ kind, subject, settlement: atHold() })
  }

  async #keep(parcel: Parcel, error: unknown): Promise<void> {
    const { logger, gate } = this.#options
    if (!isStoreFailure(error)) return this.#bury(parcel, String(error))
    gate.suspect()
    const { attemptId } = parcel.entry.settlement
    logger.error({ attemptId, error: String(error) }, 'settlement not stored yet: kept in the outbox')
    await this.#store(parcel)
  }

  async #store(parcel: Parcel): Promise<void> {
    this.#parcels.add(parcel)
    this.#wake()
    await this.#write(parcel)
  }

  #write(parcel: Parcel): Promise<void> {
    const write = this.#append(parcel)
    this.#writes.add(write)
    return write.finally(() => this.#writes.delete(write))
  }

  async #append(parcel: Parcel): Promise<void> {
    parcel.writing = true
    try {
      const files = await this.#open()
      if (files === undefined) return
      await files.append(parcel.line)
      parcel.durable = true
    } catch (error) {
      const { attemptId } = parcel.entry.settlement
      this.#options.logger.error({ attemptId, error: String(error) }, 'the outbox cannot be written')
    } finally {
      parcel.writing = false
    }
  }

  async #applyReady(): Promise<void> {
    const ready = [...this.#parcels].filter(({ blocked }) => !blocked)
    for (let start = 0; start < ready.length; start += mostAtOnce) {
      const failed = await this.#applySome(ready.slice(start, start + mostAtOnce))
      if (failed.length === 0) continue
      this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs)
      if (!(await this.#storeAnswers())) {
        const unwritten = [...this.#parcels].filter(({ durable, writing }) => !durable && !writing)
        await Promise.all(unwritten.map((parcel) => this.#write(parcel)))
        return
      }
      await Promise.all(failed.map((parcel) => this.#judge(parcel)))
    }
    if (this.#parcels.size > 0 || ready.length === 0) return
    this.#waitMs = firstWaitMs
    await this.#clear()
    this.#options.logger.info({ applied: ready.length }, 'outbox emptied')
  }

  /** Returns those that the store failed on. */
  async #applySome(parcels: readonly Parcel[]): Promise<readonly Parcel[]> {
    const results = await Promise.all(parcels.map((parcel) => this.#attempt(parcel)))
    return parcels.filter((_parcel, index) => results[index] === 'failed')
  }

  async #attempt(parcel: Parcel): Promise<'over' | 'failed'> {
    try {
      await this.#apply(parcel.entry)
      this.#taken++
      this.#parcels.delete(parcel)
      return 'over'
    } catch (error) {
      if (isStoreFailure(error)) {
        this.#options.gate.suspect()
        return 'failed'
      }
      await this.#bury(parcel, String(error))
      return 'over'
    }
  }

  async #storeAnswers(): Promise<boolean> {
    try {
      await this.#options.gate.whenUsable()
      return true
    } catch {
      return false
    }
  }

  /** A store that takes others but never this one will not take it later: it must not be tried for ever. */
  async #judge(parcel: Parcel): Promise<void> {
    if (parcel.takenAtFailure !== this.#taken) parcel.failures++
    parcel.takenAtFailure = this.#taken
    if (parcel.failures > mostFailures) await this.#bury(parcel, 'The store took others and failed on this one.')
  }

  async #bury(parcel: Parcel, reason: string): Promise<void> {
    const { line, entry } = parcel
    const { attemptId } = entry.settlement
    const files = await Promise.resolve(this.#open()).catch(() => undefined)
    if (files === undefined) this.#options.logger.error({ attemptId, reason, line }, 'settlement refused for good')
    else await files.bury({ line, reason, attemptId })
    this.#parcels.delete(parcel)
  }

  async #clear(): Promise<void> {
    const files = await Promise.resolve(this.#open()).catch(() => undefined)
    await files?.clear(() => this.#parcels.size > 0)
  }

  #wake(): void {
    if (this.#parcels.size === 0 || this.#timer !== undefined || this.#closed !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, this.#waitMs)
    this.#timer.unref()
  }
}
