import { rmSync } from 'node:fs'
import { type Bench, noon, openBench } from '@vendo/testkit/store-suite'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { openSqliteStore } from './open-sqlite-store.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

const { path, folder } = temporaryStorePath()
let bench: Bench
let other: Store
let count = 0

beforeEach(async () => {
  const own = `${path}-${++count}`
  bench = await openBench(({ clock }) => openSqliteStore({ path: own, clock, worker: false, lock: false }))
  other = await openSqliteStore({ path: own, clock: () => bench.clock.now, worker: false, lock: false })
})
afterEach(async () => {
  expect(await bench.store.verify()).toMatchObject({ ok: true, problems: [] })
  await other.close()
  await bench.store.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Makes the first connection remember the wallet, the key and an open hold. */
const warmUp = async (): Promise<void> => {
  await bench.credit(1_000n)
  expect(await bench.hold({ attemptId: 'open', walletNanos: 100n, spendNanos: 100n })).toMatchObject({ admitted: true })
}

describe('what another connection changed is seen by the next hold or settlement', () => {
  it('credit', async () => {
    await warmUp()
    const credit = { id: 'more', tenantId: 'acme', amountNanos: 500n, note: '', idempotencyKey: null }
    await other.topUp(credit)
    expect(await bench.hold({ attemptId: 'all', walletNanos: 1_400n, spendNanos: 0n })).toMatchObject({
      admitted: true,
    })
    expect(await bench.hold({ attemptId: 'more', walletNanos: 1n, spendNanos: 0n })).toMatchObject({ admitted: false })
  })

  it('a revoked key', async () => {
    await warmUp()
    await other.revokeKey('key-1', noon)
    expect(await bench.hold({ attemptId: 'late' })).toMatchObject({ admitted: false, code: 'app_revoked' })
  })

  it('a hold that was settled', async () => {
    await warmUp()
    expect(await other.settleOrphans(null)).toBe(1)
    expect(await bench.settle('open', { walletNanos: 1n })).toBe(false)
  })
})

describe('what this connection changed otherwise is seen too', () => {
  it('limits', async () => {
    await warmUp()
    const scope = { kind: 'tenant', id: 'acme' } as const
    await bench.store.setLimits({ scope, tenantId: 'acme', limits: { concurrency: 1 }, authorKeyId: null })
    expect(await bench.hold({ attemptId: 'second' })).toMatchObject({ admitted: false, code: 'concurrency_limited' })
  })

  it('a refund, which gives back credit', async () => {
    await warmUp()
    await bench.settle('open', { walletNanos: 100n, spendNanos: 100n, state: 'estimated', reason: 'no_usage' })
    expect(await bench.hold({ attemptId: 'all', walletNanos: 1_000n, spendNanos: 0n })).toMatchObject({
      admitted: false,
    })
    await bench.store.refund({ attemptId: 'open', amountNanos: null, reason: 'test', authorKeyId: 'key-1' })
    expect(await bench.hold({ attemptId: 'now', walletNanos: 1_000n, spendNanos: 0n })).toMatchObject({
      admitted: true,
    })
  })
})

it('a group of which one fails leaves nothing remembered that is not written', async () => {
  await bench.credit(300n)
  const results = await Promise.allSettled([
    bench.hold({ attemptId: 'twice', walletNanos: 100n, spendNanos: 0n }),
    bench.hold({ attemptId: 'twice', walletNanos: 100n, spendNanos: 0n }),
    bench.hold({ attemptId: 'once', walletNanos: 100n, spendNanos: 0n }),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await bench.hold({ attemptId: 'rest', walletNanos: 101n, spendNanos: 0n })).toMatchObject({ admitted: false })
  expect(await bench.hold({ attemptId: 'fits', walletNanos: 100n, spendNanos: 0n })).toMatchObject({ admitted: true })
})
