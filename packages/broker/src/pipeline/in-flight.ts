import type { RelayAborted } from './relay-end.ts'

/** Something that can be cut short. */
export interface Abortable {
  abort(kind: RelayAborted['kind']): void
  /** Whether this answer is the one with a provider's response id. */
  answers(responseId: string): boolean
}

/** The calls and settlements under way, so that shutdown can wait for them and reads of the ledger see what was decided. */
export interface InFlight {
  /** Registers a call until its promise settles. */
  track<T>(call: Promise<T>): Promise<T>
  /** Registers what shutdown cuts when patience ends; returns the removal. */
  add(relay: Abortable, tenantId: string): () => void
  /** Whether a tenant is just being sent the answer with this response id. */
  isAnswering(tenantId: string, responseId: string): boolean
  /** Registers a settlement until it is durable. */
  settling(settlement: Promise<void>): void
  /** Resolves when every settlement decided before now is durable, and in the store if that takes any. */
  settled(): Promise<void>
  /** Waits for every call to end; after `graceMs` the rest is cut, and what begins even later. Their settlements may still be under way. */
  drain(graceMs: number): Promise<void>
  readonly size: number
}

/** Creates an empty register. `flush` tries once to bring into the store what could only be made durable elsewhere. */
export const createInFlight = (flush?: () => Promise<void>): InFlight => {
  const calls = new Set<Promise<unknown>>()
  const relays = new Map<Abortable, string>()
  const settlements = new Set<Promise<void>>()
  let impatient = false
  const settled = async () => {
    await Promise.allSettled(settlements)
    await flush?.()
  }
  return {
    track: (call) => {
      calls.add(call)
      const forget = () => void calls.delete(call)
      call.then(forget, forget)
      return call
    },
    add: (relay, tenantId) => {
      relays.set(relay, tenantId)
      if (impatient) relay.abort('shutdown')
      return () => void relays.delete(relay)
    },
    isAnswering: (tenantId, responseId) =>
      [...relays].some(([relay, owner]) => owner === tenantId && relay.answers(responseId)),
    settling: (settlement) => {
      settlements.add(settlement)
      const forget = () => void settlements.delete(settlement)
      settlement.then(forget, forget)
    },
    settled,
    drain: async (graceMs) => {
      const patience = setTimeout(() => {
        impatient = true
        for (const relay of relays.keys()) relay.abort('shutdown')
      }, graceMs)
      while (calls.size > 0) await Promise.allSettled(calls)
      clearTimeout(patience)
    },
    get size() {
      return calls.size
    },
  }
}
