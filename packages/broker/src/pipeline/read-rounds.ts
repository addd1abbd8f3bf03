import type { IncomingMessage } from 'node:http'

/** Lets many connections be read in turn, a few in each round, so that reading never keeps other work waiting for long. */
export interface ReadRounds {
  /** Stops reading this one until its next turn. */
  wait(message: IncomingMessage): void
  /** Takes it out. */
  leave(message: IncomingMessage): void
}

/** Creates rounds of so many reads (each of up to 128 kB, as Node buffers one read ahead); `schedule` begins the next. */
export const createReadRounds = (readsPerRound: number, schedule: (round: () => void) => void): ReadRounds => {
  const waiting = new Set<IncomingMessage>()
  let scheduled = false
  const plan = (): void => {
    if (scheduled || waiting.size === 0) return
    scheduled = true
    schedule(round)
  }
  const round = (): void => {
    scheduled = false
    let left = readsPerRound
    for (const message of waiting) {
      if (left-- === 0) break
      waiting.delete(message)
      message.resume()
    }
    plan()
  }
  return {
    wait: (message) => {
      message.pause()
      waiting.add(message)
      plan()
    },
    leave: (message) => void waiting.delete(message),
  }
}
