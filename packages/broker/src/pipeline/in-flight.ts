import type { RelayAborted } from './relay-end.ts'

/** Something that can be cut short. */
export interface Abortable {
  abort(kind: RelayAborted['kind']): void
}

/** The calls and settlements under way, so that shutdown can wait for them and reads of the ledger see what was decided. */
export interface InFlight {
  /** Registers a call until its promise settles. */
  track<T>(call: Promise<T>): Promise<T>
  /** Registers what shutdown cuts when patience ends; returns the removal. */
  add(relay: Abortable): () => void
  /** Registers a settlement until it is durable. */
  settling(settlement: Promise<void>): void
  /** Resolves when every settlement decided before now is durable. */
  settled(): Promise<void>
  /** Waits for every call to end; after `graceMs` the rest is cut. Their settlements may still be under way. */
  drain(graceMs: number): Promise<void>
  readonly size: number
}

/** Creates an empty register. */
export const createInFlight = (): InFlight => {
  const calls = new Set<Promise<unknown>>()
  const relays = new Set<Abortable>()
  const settlements = new Set<Promise<void>>()
  const settled = async () => {
    await Promise.allSettled(settlements)
  }
  return {
    track: (call) => {
      calls.add(call)
      const forget = () => void calls.delete(call)
      call.then(forget, forget)
      return call
    },
    add: (relay) => {
      relays.add(relay)
      return () => void relays.delete(relay)
    },
    settling: (settlement) => {
      settlements.add(settlement)
      const forget = () => void settlements.delete(settlement)
      settlement.then(forget, forget)
    },
    settled,
    drain: async (graceMs) => {
      const patience = setTimeout(() => {
        for (const relay of relays) relay.abort('shutdown')
      }, graceMs)
      while (calls.size > 0) await Promise.allSettled(calls)
      clearTimeout(patience)
    },
    get size() {
      return calls.size
    },
  }
}
