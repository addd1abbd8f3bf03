import { type Place, Roster } from '../roster/roster.ts'
import type { RelayAborted } from './relay-end.ts'

/** Something that can be cut short. */
export interface Abortable {
  abort(kind: RelayAborted['kind']): void
  /** Whether this answer is the one with a provider's response id. */
  answers(responseId: string): boolean
}

/** An answer under way, and whose it is. */
export interface Answering {
  readonly relay: Abortable
  readonly tenantId: string
}

/** The calls and settlements under way, so that shutdown can wait for them and reads of the ledger see what was decided. */
export interface InFlight {
  /** A call begins. {@link InFlight.end} follows, once. */
  begin(): void
  end(): void
  /** Registers what shutdown cuts when patience ends, until {@link InFlight.remove}. */
  add(relay: Abortable, tenantId: string): Place<Answering>
  remove(place: Place<Answering>): void
  /** Whether a tenant is just being sent the answer with this response id. */
  isAnswering(tenantId: string, responseId: string): boolean
  /** Registers a settlement until it is durable. */
  settling(settlement: Promise<void>): void
  /** Resolves when every settlement decided before now is durable, and in the store if that takes any. */
  settled(): Promise<void>
  /** Waits for every call to end; after `graceMs` the rest is cut, and what begins even later. Their settlements may still be under way. */
  drain(graceMs: number): Promise<void>
  /** How many calls are under way. */
  size(): number
}

/** Creates an empty register. `flush` tries once to bring into the store what could only be made durable elsewhere. */
export const createInFlight = (flush?: () => Promise<void>): InFlight => {
  let calls = 0
  let onIdle = (): void => undefined
  const relays = new Roster<Answering>()
  const settlements = new Roster<Promise<void>>()
  let impatient = false
  const settled = async () => {
    await Promise.allSettled(settlements)
    await flush?.()
  }
  return {
    begin: () => {
      calls++
    },
    end: () => {
      calls--
      if (calls === 0) onIdle()
    },
    add: (relay, tenantId) => {
      const place = relays.add({ relay, tenantId })
      if (impatient) relay.abort('shutdown')
      return place
    },
    remove: (place) => relays.remove(place),
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
      if (calls > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve
        })
      }
      clearTimeout(patience)
    },
    size: () => calls,
  }
}
