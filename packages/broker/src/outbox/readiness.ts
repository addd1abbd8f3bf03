import { admissionDeadlineMs, withinDeadline } from './store-deadline.ts'

const sharedMs = 1_000

/**
 * Creates the question whether the store can be written. One probe runs at a time, and its result, good or bad, is shared for
 * one second: whoever asks often must not cost a write each time.
 *
 * @param probe writes to the store; a probe without an answer within the admission deadline counts as failed.
 */
export const createReadiness = (probe: () => Promise<void>): (() => Promise<void>) => {
  let shared: Promise<void> | undefined
  let endedAt: number | undefined
  return () => {
    if (shared !== undefined && (endedAt === undefined || performance.now() - endedAt < sharedMs)) return shared
    endedAt = undefined
    shared = withinDeadline(probe(), admissionDeadlineMs).finally(() => {
      endedAt = performance.now()
    })
    return shared
  }
}
