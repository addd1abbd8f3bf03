import type { BillingEvent } from '@vendo/contract/api'

/** Whose events somebody may see: a tenant's, or of those only what concerns one key. */
export interface EventAudience {
  readonly tenantId: string
  readonly keyId?: string
}

/** Which keys of a tenant hear of an event: one of them, all, or only those that manage. */
export type Hearers = { readonly keyId: string } | 'everyone' | 'management'

/** Something that happened, before it has its id. */
export type EventDraft = Pick<BillingEvent, 'type' | 'data'> & {
  readonly tenantId: string
  readonly hearers: Hearers
}

/** The recent events of this broker process, and who listens to them. Nothing here outlives the process. */
export interface EventLog {
  publish(draft: EventDraft): void
  /** Tells of every event from now on; what the audience missed since `afterId` is told first, at once. Returns the removal. */
  subscribe(audience: EventAudience, afterId: string | undefined, listener: EventListener): () => void
  /** Ends every subscription. */
  close(): void
  subscribers(): number
}

/** How a subscriber is told. Must not throw. */
export interface EventListener {
  readonly onEvent: (event: BillingEvent) => void
  readonly onEnd: () => void
}

interface KeptEvent {
  readonly event: BillingEvent
  readonly tenantId: string
  readonly hearers: Hearers
}

const mostKept = 4_096

/**
 * Creates an empty log that remembers the last 4,096 events. `epoch` names this process in the ids, so that an id of
 * another one is not mistaken for a position here.
 */
export const createEventLog = (epoch: string, clock: () => number): EventLog => {
  let kept: KeptEvent[] = []
  let count = 0
  const subscriptions = new Set<{ readonly audience: EventAudience; readonly listener: EventListener }>()
  /** The number of an event; whoever names one from elsewhere missed everything that is kept. */
  const positionOf = (id: string): number => {
    const position = id.startsWith(`${epoch}-`) ? Number(id.slice(epoch.length + 1)) : 0
    return Number.isSafeInteger(position) ? position : 0
  }
  return {
    publish: ({ type, data, tenantId, hearers }) => {
      const id = `${epoch}-${++count}`
      const event = { id, type, created_at: new Date(clock()).toISOString(), tenant_id: tenantId, data } as BillingEvent
      kept.push({ event, tenantId, hearers })
      if (kept.length >= mostKept * 2) kept = kept.slice(-mostKept)
      for (const { audience, listener } of subscriptions) {
        if (concerns({ tenantId, hearers }, audience)) listener.onEvent(event)
      }
    },
    subscribe: (audience, afterId, listener) => {
      if (afterId !== undefined) {
        const after = positionOf(afterId)
        const missed = kept.slice(-mostKept).filter((entry) => concerns(entry, audience))
        for (const { event } of missed) if (positionOf(event.id) > after) listener.onEvent(event)
      }
      const subscription = { audience, listener }
      subscriptions.add(subscription)
      return () => void subscriptions.delete(subscription)
    },
    close: () => {
      for (const { listener } of subscriptions) listener.onEnd()
      subscriptions.clear()
    },
    subscribers: () => subscriptions.size,
  }
}

/** A narrower key hears of its own calls and caps, and of the wallet that it draws on. */
const concerns = ({ tenantId, hearers }: Pick<KeptEvent, 'tenantId' | 'hearers'>, audience: EventAudience): boolean => {
  if (tenantId !== audience.tenantId) return false
  if (audience.keyId === undefined || hearers === 'everyone') return true
  return hearers !== 'management' && hearers.keyId === audience.keyId
}
