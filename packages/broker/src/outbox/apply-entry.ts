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

/** Creates the applier. */
export const createApplier =
  (store: Pick<Store, 'settle' | 'correct'>, onApplied: AppliedListener): Applier =>
  async (entry) => {
    const { kind, settlement } = entry
    const asked = kind === 'correction' ? store.correct(settlement) : store.settle(settlement)
    const applied = await withinDeadline(asked, settleDeadlineMs)
    if (applied && kind !== 'release') onApplied(entry)
    return applied
  }
