import { expect } from 'vitest'
import { noon, type OpenStore, rule, settlementOf } from './bench.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** Calls that run for long keep their hold. */
export const renewalRules = (openStore: OpenStore): void => {
  rule('a renewed hold is no orphan before its new end', openStore, async ({ store, clock, credit, hold }) => {
    await credit(1000n)
    await hold({ attemptId: 'live', ttlMs: 1000 })
    await hold({ attemptId: 'dead', ttlMs: 1000 })
    clock.now = noon + 900
    await store.renewHolds(['live', 'unknown'], 1000)
    clock.now = noon + 1900
    expect(await store.settleOrphans(noon + 1900)).toBe(1)
    const calls = await store.listCalls({ tenantId: 'acme', limit: 5 })
    expect(Object.fromEntries(calls.map(({ attemptId, state }) => [attemptId, state]))).toEqual({
      live: 'open',
      dead: 'estimated',
    })
    clock.now = noon + 1901
    expect(await store.settleOrphans(noon + 1901)).toBe(1)
  })

  rule('renewing never shortens, and never opens what is closed', openStore, async (bench) => {
    const { store, clock, hold, settle } = bench
    await bench.credit(100_000n)
    const attemptIds = Array.from({ length: 250 }, (_, index) => `call-${index}`)
    await Promise.all(attemptIds.map((attemptId) => hold({ attemptId, ttlMs: 5000 })))
    await settle('call-7')
    await store.renewHolds(attemptIds, 1000)
    clock.now = noon + 5000
    expect(await store.settleOrphans(noon + 5000)).toBe(0)
    await store.renewHolds(attemptIds, 1000)
    clock.now = noon + 6000
    expect(await store.settleOrphans(noon + 6000)).toBe(0)
    clock.now = noon + 6001
    expect(await store.settleOrphans(noon + 6001)).toBe(249)
    expect(await settle('call-7')).toBe(false)
  })
}

/** What keeps a store going for years: minutes are forgotten. */
export const upkeepRules = (openStore: OpenStore): void => {
  rule('minutes are forgotten after a day, unless a call still holds them', openStore, async (bench) => {
    const { store, clock, key, hold, settle } = bench
    await bench.credit(1000n)
    const keyId = await key({ requests_per_minute: 9, tokens_per_minute: 900, spend_total_usd: '1' })
    await hold({ attemptId: 'done', keyId })
    await settle('done')
    clock.now = noon + minute
    await hold({ attemptId: 'running', keyId })
    expect(await store.pruneWindows(noon + 9 * day)).toBe(0)
    clock.now = noon + day + 2 * minute
    expect(await store.pruneWindows(noon)).toBe(0)
    expect(await store.pruneWindows(noon + 9 * day)).toBe(2)
    expect(await store.pruneWindows(noon + 9 * day)).toBe(0)
    await settle('running')
    expect(await store.pruneWindows(noon + 9 * day)).toBe(2)
    expect((await store.keySpend(keyId)).totalNanos).toBe(200n)
  })

  rule('a correction may come after its minute was forgotten', openStore, async (bench) => {
    const { store, clock, hold, settle } = bench
    await bench.credit(1000n)
    const keyId = await bench.key({ tokens_per_minute: 900 })
    await hold({ attemptId: 'one', keyId })
    await settle('one', { state: 'estimated', reason: 'background', responseId: 'resp-1', tokens: 50 })
    await hold({ attemptId: 'late', keyId, tokens: 0 })
    clock.now = noon + 2 * day
    expect(await store.pruneWindows(clock.now)).toBe(1)
    expect(await store.correct(settlementOf('one', { tokens: 20 }))).toBe(true)
    expect(await settle('late', { tokens: 30 })).toBe(true)
    expect(await store.pruneWindows(clock.now)).toBe(0)
  })
}
