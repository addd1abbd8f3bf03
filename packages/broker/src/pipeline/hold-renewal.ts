import type { Logger } from '../observe/logger.ts'
import { type Place, Roster } from '../roster/roster.ts'
import type { LedgerStore } from '../store/store.ts'

/** An attempt whose hold is renewed. */
export interface Watched {
  readonly attemptId: string
  /** Looks since the hold was made or renewed. */
  seen: number
}

/** Keeps the holds of long calls from expiring while the calls live. */
export interface HoldRenewal {
  /** Watches an attempt, until {@link HoldRenewal.unwatch}. */
  watch(attemptId: string): Place<Watched>
  unwatch(place: Place<Watched>): void
  /**
   * Renews every watched hold now, to be called before expired holds are settled. Whatever the wall clock did, an attempt
   * in flight in this process is alive.
   *
   * @throws what the store throws: then nothing may be settled as an orphan.
   */
  renewAll(): Promise<void>
  close(): void
}

/** What a {@link HoldRenewal} works with. */
export interface HoldRenewalOptions {
  readonly store: Pick<LedgerStore, 'renewHolds'>
  /** How long a hold lives. It is renewed once half of that has passed. */
  readonly ttlMs: number
  readonly logger: Logger
}

const looksPerLife = 8

/** Creates the renewal, which looks after every eighth of a hold's life. Calls shorter than that cost an entry in a list. */
export const createHoldRenewal = ({ store, ttlMs, logger }: HoldRenewalOptions): HoldRenewal => {
  const holds = new Roster<Watched>()
  const renew = async (due: readonly Watched[]): Promise<void> => {
    if (due.length === 0) return
    await store.renewHolds(
      due.map(({ attemptId }) => attemptId),
      ttlMs,
    )
    for (const hold of due) hold.seen = 0
  }
  const look = async (): Promise<void> => {
    const due: Watched[] = []
    for (const hold of holds) if (++hold.seen >= looksPerLife / 2) due.push(hold)
    try {
      await renew(due)
    } catch (error) {
      logger.error({ holds: due.length, error: String(error) }, 'holds not renewed')
    }
  }
  const timer = setInterval(() => void look(), ttlMs / looksPerLife)
  timer.unref()
  return {
    watch: (attemptId) => holds.add({ attemptId, seen: 0 }),
    unwatch: (place) => holds.remove(place),
    renewAll: () => renew([...holds]),
    close: () => clearInterval(timer),
  }
}
