import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Store } from '@vendo/broker'
import type { Answers, CommitTimes } from './messages.ts'

/** Times what a store does for each call. */
export interface CommitTimings {
  /** The same store, timed. */
  watch(store: Store): Store
  read(): NonNullable<Answers['read-timings']>
  /** Forgets what was timed so far. */
  reset(): void
}

/** Creates two empty histograms. */
export const createCommitTimings = (): CommitTimings => {
  const [hold, settle] = [createHistogram(), createHistogram()]
  return {
    watch: (store) => ({ ...store, hold: timed(hold, store.hold), settle: timed(settle, store.settle) }),
    read: () => ({ hold: timesOf(hold), settle: timesOf(settle) }),
    reset: () => {
      hold.reset()
      settle.reset()
    },
  }
}

const timed =
  <Input, Output>(histogram: RecordableHistogram, work: (input: Input) => Promise<Output>) =>
  async (input: Input): Promise<Output> => {
    const startedAt = performance.now()
    try {
      return await work(input)
    } finally {
      histogram.record(Math.max(1, Math.round((performance.now() - startedAt) * 1000)))
    }
  }

const timesOf = (histogram: RecordableHistogram): CommitTimes => ({
  count: histogram.count,
  p50: histogram.percentile(50),
  p99: histogram.percentile(99),
})
