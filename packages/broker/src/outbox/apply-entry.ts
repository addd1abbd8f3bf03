import type { Observer } from '../observe/observer.ts'
import type { Store } from '../store/store.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { settleDeadlineMs, withinDeadline } from './store-deadline.ts'

/** Told of every settlement and correction that this process brought into the store, once. Must not throw. */
export type AppliedListener = (entry: OutboxEntry) => void

/**
 * Brings one entry into the store. False when the store had it already, or never had the hold.
 *
 * @throws whatever the store throws; `store_unavailable` after five seconds of silence.
 */
export type Applier = (entry: OutboxEntry) => Promise<boolean>

/** What an applier works with. */
export interface ApplierOptions {
  readonly store: Pick<Store, 'settle' | 'correct'>
  readonly observer: Pick<Observer, 'settled'>
  readonly onApplied: AppliedListener
}

/** Creates the applier. */
export const createApplier =
  ({ store, observer, onApplied }: ApplierOptions): Applier =>
  (entry) => {
    const { kind, settlement } = entry
    const askedAt = performance.now()
    const asked = kind === 'correction' ? store.correct(settlement) : store.settle(settlement)
    const tell = (): void => {
      if (kind !== 'correction') observer.settled(settlement.attemptId, performance.now() - askedAt)
    }
    return withinDeadline(asked, settleDeadlineMs).then(
      (applied) => {
        tell()
        if (applied && kind !== 'release') onApplied(entry)
        return applied
      },
      (error: unknown) => {
        asked.then(tell, () => undefined)
        throw error
      },
    )
  }
