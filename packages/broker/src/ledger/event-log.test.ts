import { type BillingEvent, billingEventSchema } from '@vendo/contract/api'
import { describe, expect, it } from 'vitest'
import { createEventLog, type EventDraft, type EventLog } from './event-log.ts'

const now = Date.UTC(2026, 10, 20)
const data = { credits_remaining_nanos: '5', held_nanos: '0' }
const wallet = (tenantId: string): EventDraft => ({
  type: 'billing.balance_changed',
  tenantId,
  hearers: 'everyone',
  data,
})
const capData = {
  scope: 'key',
  scope_id: 'k1',
  cap: 'day',
  window: '2026-11-20',
  cap_nanos: '10',
  used_nanos: '9',
} as const
const cap = (keyId: string): EventDraft => ({
  type: 'billing.cap_warned',
  tenantId: 'a',
  hearers: { keyId },
  data: capData,
})
const wider: EventDraft = { ...cap('k1'), hearers: 'management' }

const listen = (log: EventLog, audience: { tenantId: string; keyId?: string }, afterId?: string) => {
  const heard: BillingEvent[] = []
  let ended = false
  const onEnd = () => {
    ended = true
  }
  const listener = { onEvent: (event: BillingEvent) => void heard.push(event), onEnd }
  const stop = log.subscribe(audience, afterId, listener)
  return { heard, stop, ended: () => ended }
}

describe('the event log', () => {
  it('tells each audience what concerns it, and nobody else’s', () => {
    const log = createEventLog('run', () => now)
    const tenant = listen(log, { tenantId: 'a' })
    const key = listen(log, { tenantId: 'a', keyId: 'k1' })
    const stranger = listen(log, { tenantId: 'b' })
    for (const draft of [wallet('a'), cap('k1'), cap('k2'), wallet('b'), wider]) log.publish(draft)
    expect(tenant.heard.map(({ id }) => id)).toEqual(['run-1', 'run-2', 'run-3', 'run-5'])
    expect(key.heard.map(({ id }) => id)).toEqual(['run-1', 'run-2'])
    expect(stranger.heard.map(({ id }) => id)).toEqual(['run-4'])
    for (const event of tenant.heard) expect(() => billingEventSchema.parse(event)).not.toThrow()
  })

  it('tells nothing of the past to who does not ask for it', () => {
    const log = createEventLog('run', () => now)
    log.publish(wallet('a'))
    expect(listen(log, { tenantId: 'a' }).heard).toEqual([])
  })

  it.each([
    ['the last one it saw', 'run-2', ['run-3', 'run-4']],
    ['the newest', 'run-4', []],
    ['one of an earlier process', 'gone-7', ['run-1', 'run-2', 'run-3', 'run-4']],
    ['something that was never an id', 'run-x', ['run-1', 'run-2', 'run-3', 'run-4']],
  ])('tells first what was missed since %s', (_what, afterId, expected) => {
    const log = createEventLog('run', () => now)
    for (let count = 0; count < 4; count++) log.publish(wallet('a'))
    expect(listen(log, { tenantId: 'a' }, afterId).heard.map(({ id }) => id)).toEqual(expected)
  })

  it('keeps the last 4096 and no more', () => {
    const log = createEventLog('run', () => now)
    for (let count = 0; count < 10_000; count++) log.publish(wallet('a'))
    const { heard } = listen(log, { tenantId: 'a' }, 'run-1')
    expect([heard.length, heard[0]?.id, heard.at(-1)?.id]).toEqual([4_096, 'run-5905', 'run-10000'])
  })

  it('tells no more after the end of a subscription, and ends all when it closes', () => {
    const log = createEventLog('run', () => now)
    const [left, stayed] = [listen(log, { tenantId: 'a' }), listen(log, { tenantId: 'a' })]
    left.stop()
    log.publish(wallet('a'))
    log.close()
    expect([left.heard.length, left.ended(), stayed.heard.length, stayed.ended()]).toEqual([0, false, 1, true])
    expect(log.subscribers()).toBe(0)
  })
})
