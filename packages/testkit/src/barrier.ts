import { createDeferred } from './deferred.ts'

/** A point in a script where one side waits until the other says go; replaces every sleep in a test. */
export interface Barrier {
  /** Resolves when the waiting side has arrived. */
  readonly reached: Promise<void>
  /** Resolves when `open` was called. */
  readonly opened: Promise<void>
  /** Lets the waiting side go on, now and ever after. */
  open(): void
  /** Marks arrival and waits for `open`. */
  wait(): Promise<void>
}

/** A closed barrier. */
export const createBarrier = (): Barrier => {
  const reached = createDeferred<void>()
  const opened = createDeferred<void>()
  return {
    reached: reached.promise,
    opened: opened.promise,
    open: () => opened.resolve(),
    wait: () => {
      reached.resolve()
      return opened.promise
    },
  }
}
