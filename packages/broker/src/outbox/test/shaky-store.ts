import { createVendoError } from '@vendo/contract'
import { silentObserver } from '../../observe/observer.ts'
import type { Settlement } from '../../store/records.ts'
import { createOutbox, type OutboxOptions } from '../outbox.ts'
import type { OutboxEntry } from '../outbox-entry.ts'
import { createStoreGate } from '../store-gate.ts'

const unavailable = () => createVendoError('The store failed.', { code: 'store_unavailable' })

/** A ledger that is down when a test says so, and what it has taken. */
export class ShakyStore {
  up = true
  readonly taken: string[] = []
  /** What it does with one attempt while it is up. */
  readonly special = new Map<string, () => Error>()

  settle = async ({ attemptId }: Settlement): Promise<boolean> => {
    if (!this.up) throw unavailable()
    const failure = this.special.get(attemptId)
    if (failure !== undefined) throw failure()
    if (this.taken.includes(attemptId)) return false
    this.taken.push(attemptId)
    return true
  }

  correct = async ({ attemptId }: Settlement): Promise<boolean> => {
    if (!this.up) throw unavailable()
    this.taken.push(`correction ${attemptId}`)
    return true
  }

  ping = async (): Promise<void> => {
    if (!this.up) throw unavailable()
  }
}

/** An outbox over such a store, and what it told. */
export const openTestOutbox = (store: ShakyStore, folder: string | undefined) => {
  const applied: OutboxEntry[] = []
  const logged: string[] = []
  const log = (_context: unknown, message: string) => void logged.push(message)
  const logger = { info: log, warn: log, error: log } as unknown as OutboxOptions['logger']
  const outbox = createOutbox({
    store,
    gate: createStoreGate(store.ping),
    folder,
    onApplied: (entry) => applied.push(entry),
    observer: silentObserver,
    logger,
    clock: () => 1_000,
  })
  return { outbox, applied, logged }
}

/** Waits for what the outbox does by itself: an event to come, not a time to sleep. */
export const until = async (reached: () => boolean): Promise<void> => {
  while (!reached()) await new Promise((resolve) => setImmediate(resolve))
}
