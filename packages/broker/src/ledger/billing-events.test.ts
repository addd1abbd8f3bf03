import type { BillingEvent } from '@vendo/contract/api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../observe/logger.ts'
import type { KeyRecord, Settlement } from '../store/records.ts'
import { type BillingEvents, createBillingEvents } from './billing-events.ts'
import { createEventLog } from './event-log.ts'

const now = Date.UTC(2026, 10, 20, 23, 59)
const nothingSpent = { dayNanos: 0n, monthNanos: 0n, totalNanos: 0n }
const subject = { requestId: 'r', tenantId: 'a', keyId: 'k1', appId: 'app', integration: 'anthropic', model: 'm' }
const settlement = {
  attemptId: 'att_1',
  state: 'actual',
  reason: null,
  flags: [],
  walletNanos: 12n,
  listNanos: 10n,
  quantities: { input: 3 },
  servedModel: 'm-1',
} as unknown as Settlement

let clock: number
let spend: typeof nothingSpent
let appSpend: typeof nothingSpent
let balance: { availableNanos: bigint; heldNanos: bigint }
let reads: number
let heard: BillingEvent[]
let events: BillingEvents
const key = {
  id: 'k1',
  tenantId: 'a',
  limits: { spend_day_usd: '0.000000100', spend_total_usd: '1' },
} as unknown as KeyRecord

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  ;[clock, spend, appSpend, reads, heard] = [now, nothingSpent, nothingSpent, 0, []]
  balance = { availableNanos: 88n, heldNanos: 1n }
  const log = createEventLog('run', () => clock)
  log.subscribe({ tenantId: 'a' }, undefined, { onEvent: (event) => void heard.push(event), onEnd: () => undefined })
  const store = {
    balance: async () => {
      reads++
      return { creditNanos: 100n, settledNanos: 11n, ...balance }
    },
    getKey: async () => key,
    keySpend: async () => spend,
    sharedLimits: async ({ kind }: { kind: string }) => (kind === 'app' ? { spend_month_usd: '0.000000010' } : {}),
    scopeLimits: async () => ({
      limits: {},
      changedAt: null,
      authorKeyId: null,
      use: { ...appSpend, requestsMinute: 0, tokensMinute: 0, running: 0 },
    }),
  }
  events = createBillingEvents({ log, store, clock: () => clock, logger: silentLogger() })
})
afterEach(() => {
  events.close()
  vi.useRealTimers()
})

const settle = async () => {
  events.recorded(subject, settlement, 'terminal')
  await vi.advanceTimersByTimeAsync(250)
}
const types = () => heard.map(({ type }) => type.slice('billing.'.length))

describe('billing events', () => {
  it('tell at once what a call cost, and soon what the wallet has left', async () => {
    events.recorded(subject, settlement, 'terminal')
    expect(heard).toMatchObject([
      {
        type: 'billing.usage_recorded',
        tenant_id: 'a',
        data: { call_id: 'att_1', charge_nanos: '12', correction: false },
      },
    ])
    await vi.advanceTimersByTimeAsync(250)
    expect(heard[1]).toMatchObject({ type: 'billing.balance_changed', data: { credits_remaining_nanos: '88' } })
  })

  it('read a wallet at most four times a second, however many calls there are', async () => {
    for (let call = 0; call < 1_000; call++) events.recorded(subject, settlement, 'terminal')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(reads).toBe(1)
  })

  it('say nothing of a wallet that is as it was, and 0 for one below', async () => {
    await settle()
    await settle()
    expect(types()).toEqual(['usage_recorded', 'balance_changed', 'usage_recorded'])
    balance = { availableNanos: -5n, heldNanos: 0n }
    events.walletTouched('a')
    await vi.advanceTimersByTimeAsync(250)
    expect(heard.at(-1)).toMatchObject({ data: { credits_remaining_nanos: '0' } })
  })

  it.each([
    [79n, []],
    [80n, ['cap_warned']],
    [99n, ['cap_warned']],
    [100n, ['cap_tripped']],
  ])('with %d of a cap of 100 used: %j', async (dayNanos, expected) => {
    spend = { ...nothingSpent, dayNanos }
    await settle()
    expect(types().filter((type) => type.startsWith('cap'))).toEqual(expected)
  })

  it('tell of a cap once in each window', async () => {
    spend = { ...nothingSpent, dayNanos: 90n }
    await settle()
    await settle()
    clock += 60_000
    await settle()
    const windows = heard.flatMap((event) => (event.type === 'billing.cap_warned' ? [event.data.window] : []))
    expect(windows).toEqual(['2026-11-20', '2026-11-21'])
  })

  it('tell of the caps of an app too', async () => {
    appSpend = { ...nothingSpent, monthNanos: 8n }
    await settle()
    expect(heard.at(-1)).toMatchObject({
      type: 'billing.cap_warned',
      data: { scope: 'app', scope_id: 'app', cap: 'month', window: '2026-11', cap_nanos: '10', used_nanos: '8' },
    })
  })

  it('tell that a cap refused a call, once', async () => {
    const scope = { kind: 'key', id: 'k1', tenantId: 'a' } as const
    events.capRefused(scope, 'total')
    events.capRefused(scope, 'total')
    await vi.advanceTimersByTimeAsync(0)
    expect(heard).toMatchObject([{ type: 'billing.cap_tripped', data: { scope_id: 'k1', cap: 'total', window: null } }])
  })
})
