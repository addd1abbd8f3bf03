import type { Logger } from '../observe/logger.ts'
import type { LedgerStore } from '../store/store.ts'

/** Keeps the holds of long calls from expiring while the calls live. */
export interface HoldRenewal {
  /** Watches an attempt; returns the end of that. */
  watch(attemptId: string): () => void
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

/** Creates the renewal, which looks after every eighth of a hold's life. Calls shorter than that cost a set entry. */
export const createHoldRenewal = ({ store, ttlMs, logger }: HoldRenewalOptions): HoldRenewal => {
  const looks = new Map<string, number>()
  const look = async (): Promise<void> => {
    const due: string[] = []
    for (const [attemptId, seen] of looks) {
      looks.set(attemptId, seen + 1)
      if (seen + 1 >= looksPerLife / 2) due.push(attemptId)
    }
    if (due.length === 0) return
    try {
      await store.renewHolds(due, ttlMs)
      for (const attemptId of due) if (looks.has(attemptId)) looks.set(attemptId, 0)
    } catch (error) {
      logger.error({ holds: due.length, error: String(error) }, 'holds not renewed')
    }
  }
  const timer = setInterval(() => void look(), ttlMs / looksPerLife)
  timer.unref()
  return {
    watch: (attemptId) => {
      looks.set(attemptId, 0)
      return () => void looks.delete(attemptId)
    },
    close: () => clearInterval(timer),
  }
}
