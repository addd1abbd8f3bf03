import { Roster } from '../roster/roster.ts'
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
  const calls = new Roster<Promise<unknown>>()
  const relays = new Roster<{ readonly relay: Abortable; readonly tenantId: string }>()
  const settlements = new Roster<Promise<void>>()
  let impatient = false
  const settled = async () => {
    await Promise.allSettled(settlements)
    await flush?.()
  }
  return {
    track: (call) => {
      const place = calls.add(call)
      const forget = () => calls.remove(place)
      call.then(forget, forget)
      return call
    },
    add: (relay, tenantId) => {
      const place = relays.add({ relay, tenantId })
      if (impatient) relay.abort('shutdown')
      return () => relays.remove(place)
    },
    isAnswering: (tenantId, responseId) =>
      [...relays].some((answering) => answering.tenantId === tenantId && answering.relay.answers(responseId)),
    settling: (settlement) => {
      const place = settlements.add(settlement)
      const forget = () => settlements.remove(place)
      settlement.then(forget, forget)
    },
    settled,
    drain: async (graceMs) => {
      const patience = setTimeout(() => {
        impatient = true
        for (const { relay } of relays) relay.abort('shutdown')
      }, graceMs)
      while (calls.size > 0) await Promise.allSettled(calls)
      clearTimeout(patience)
    },
    get size() {
      return calls.size
    },
  }
}
