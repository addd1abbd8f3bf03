import { constants } from 'node:os'

/** A wait for Ctrl-C. */
export interface Stop {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: Promise<void>
  /** Gives the signals their usual meaning back. */
  release(): void
}

const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Turns the first signal into a graceful end; a second SIGINT or SIGTERM ends the process at once, with 128 + n. SIGHUP
 * never does: a terminal that closes sends it once or more often, and nobody asked for haste.
 */
export const untilStopped = (): Stop => {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  let asked = false
  const stop = (signal: (typeof stopping)[number]) => {
    if (asked && signal !== 'SIGHUP') process.exit(128 + constants.signals[signal])
    asked = true
    resolve()
  }
  for (const signal of stopping) process.on(signal, stop)
  return {
    signal: promise,
    release: () => {
      for (const signal of stopping) process.removeListener(signal, stop)
    },
  }
}
