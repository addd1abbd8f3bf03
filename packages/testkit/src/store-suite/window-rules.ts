import { expect } from 'vitest'
import { noon, nothing, type OpenStore, rule } from './bench.ts'

const minute = 60_000
const midnight = Date.UTC(2026, 10, 21)
const newMonth = Date.UTC(2026, 11, 1)
const newYear = Date.UTC(2027, 0, 1)
const cap = '0.0000001'

/** Limits with a window: UTC, by the store's clock at admission. */
export const windowRules = (openStore: OpenStore): void => {
  const boundaries = [
    ['spend_day_usd', midnight, 'spend_cap_daily'],
    ['spend_month_usd', newMonth, 'spend_cap_monthly'],
    ['spend_month_usd', newYear, 'spend_cap_monthly'],
  ] as const
  for (const [limit, boundary, code] of boundaries) {
    rule(
      `${limit} begins anew at ${new Date(boundary).toISOString()}`,
      openStore,
      async ({ clock, credit, key, hold }) => {
        await credit(1000n)
        const keyId = await key({ [limit]: cap })
        clock.now = boundary - 1500
        expect(await hold({ keyId })).toMatchObject({ admitted: true })
        clock.now = boundary - 1
        expect(await hold({ keyId })).toMatchObject({ code, retryAfterSeconds: 1 })
        clock.now = boundary
        expect(await hold({ keyId })).toMatchObject({ admitted: true })
        expect(await hold({ keyId })).toMatchObject({ code })
      },
    )
  }

  rule('a total cap never begins anew', openStore, async ({ clock, credit, key, hold }) => {
    await credit(1000n)
    const keyId = await key({ spend_total_usd: cap })
    await hold({ keyId })
    clock.now = newYear
    expect(await hold({ keyId })).toMatchObject({ code: 'spend_cap_total' })
  })

  rule(
    'a call is charged to the windows of its admission',
    openStore,
    async ({ store, clock, credit, hold, settle }) => {
      await credit(1000n)
      clock.now = newMonth - 1
      await hold({ attemptId: 'late' })
      clock.now = newMonth + 1
      await settle('late', { walletNanos: 60n, spendNanos: 60n })
      expect(await store.keySpend('key-1')).toEqual({ dayNanos: 0n, monthNanos: 0n, totalNanos: 60n })
      clock.now = newMonth - 1
      expect(await store.keySpend('key-1')).toEqual({ dayNanos: 60n, monthNanos: 60n, totalNanos: 60n })
    },
  )

  rule('a request stays counted for its minute however it ended', openStore, async ({ clock, key, hold, settle }) => {
    const keyId = await key({ requests_per_minute: 2 })
    await hold({ ...nothing, keyId, attemptId: 'one' })
    await settle('one', nothing)
    await hold({ ...nothing, keyId, attemptId: 'two' })
    await settle('two', { ...nothing, state: 'released', reason: 'unreachable' })
    expect(await hold({ ...nothing, keyId })).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60 })
    clock.now = noon + minute - 1
    expect(await hold({ ...nothing, keyId })).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 })
    clock.now = noon + minute
    expect(await hold({ ...nothing, keyId })).toMatchObject({ admitted: true })
  })

  rule('tokens are held at their bound and counted as they were', openStore, async ({ credit, key, hold, settle }) => {
    await credit(1000n)
    const keyId = await key({ tokens_per_minute: 120 })
    await hold({ keyId, attemptId: 'one' })
    expect(await hold({ keyId, tokens: 21 })).toMatchObject({ code: 'rate_limited', available: 20n })
    await settle('one', { tokens: 30 })
    expect(await hold({ keyId, tokens: 90 })).toMatchObject({ admitted: true })
    expect(await hold({ keyId, tokens: 1 })).toMatchObject({ code: 'rate_limited', available: 0n })
  })

  rule('a slot is free again once the call has ended', openStore, async ({ credit, key, hold, settle, clock }) => {
    await credit(1000n)
    const keyId = await key({ concurrency: 1 })
    await hold({ keyId, attemptId: 'one' })
    clock.now = noon + 5 * minute
    expect(await hold({ keyId })).toMatchObject({ code: 'concurrency_limited' })
    await settle('one')
    expect(await hold({ keyId })).toMatchObject({ admitted: true })
  })
}
