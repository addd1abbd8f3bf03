/** How far the broker reads on after a client left, to settle the true usage instead of an estimate. */
export interface DrainPolicy {
  readonly mostMs: number
  readonly mostBytes: number
  readonly mostAtOnce: number
}

/** What happens when a client leaves: read on to the usage within the drain policy, or cut the provider off at once. */
export type OnDisconnect = 'drain' | 'abort'

/** What a broker uses unless told otherwise. */
export const defaultDrainPolicy: DrainPolicy = { mostMs: 5_000, mostBytes: 256_000, mostAtOnce: 64 }

/** Counts the drains under way in this broker. */
export interface DrainGate {
  readonly policy: DrainPolicy
  /** False when too many drains are under way. */
  enter(): boolean
  leave(): void
}

/** Creates the gate. */
export const createDrainGate = (policy: DrainPolicy): DrainGate => {
  let open = 0
  return {
    policy,
    enter: () => {
      if (open >= policy.mostAtOnce) return false
      open++
      return true
    },
    leave: () => {
      open--
    },
  }
}
