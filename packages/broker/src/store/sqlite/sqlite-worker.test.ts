import { rmSync } from 'node:fs'
import { type Bench, noon, openBench } from '@vendo/testkit/store-suite'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from './open-sqlite-store.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

const { path, folder } = temporaryStorePath()
let bench: Bench
let count = 0

beforeEach(async () => {
  bench = await openBench(({ clock }) => openSqliteStore({ path: `${path}-${++count}`, clock }))
})
afterEach(async () => {
  expect(await bench.store.verify()).toMatchObject({ ok: true, problems: [] })
  await bench.store.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a store in a worker thread', () => {
  it('answers with the same values as one in the same thread', async () => {
    await bench.credit(1000n)
    expect(await bench.hold({ attemptId: 'one' })).toEqual({ admitted: true, admittedAt: noon })
    expect(await bench.settle('one', { walletNanos: 37n, quantities: { output: 5 } })).toBe(true)
    expect(await bench.store.listCalls({ tenantId: 'acme', limit: 5 })).toMatchObject([
      { walletNanos: 37n, quantities: { output: 5 }, admittedAt: noon },
    ])
    expect(await bench.store.getApp('nobody')).toBeNull()
    await expect(bench.store.ping()).resolves.toBeUndefined()
  })

  it('reads the clock of the main thread', async () => {
    bench.clock.now = noon + 5000
    expect(await bench.hold({ walletNanos: 0n })).toEqual({ admitted: true, admittedAt: noon + 5000 })
  })

  it('admits exactly 7 of 200 parallel holds against a budget for 7', async () => {
    await bench.credit(700n)
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => bench.hold()))
    expect(outcomes.filter(({ admitted }) => admitted)).toHaveLength(7)
  })

  it('rejects with the error of the command, and its neighbours in the same commit succeed', async () => {
    const topUp = (id: string, amountNanos: bigint) =>
      bench.store.topUp({ id, tenantId: 'acme', amountNanos, note: '', idempotencyKey: 'same' })
    const app = (id: string) => bench.store.createApp({ id, tenantId: 'acme', name: id, createdAt: noon })
    const results = await Promise.allSettled([app('a-1'), topUp('t-1', 5n), topUp('t-2', 6n), app('a-1'), app('a-2')])
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : result.value))).toEqual([
      undefined,
      't-1',
      'idempotency_conflict',
      'validation_failed',
      undefined,
    ])
    expect(await bench.store.listApps('acme')).toHaveLength(3)
  })

  it('finishes what it accepted before it closes, and refuses what comes later', async () => {
    await bench.credit(10_000n)
    const accepted = Array.from({ length: 40 }, () => bench.hold())
    const closing = bench.store.close()
    await expect(bench.hold()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect((await Promise.all(accepted)).every(({ admitted }) => admitted)).toBe(true)
    await closing
    await bench.store.close()
    bench = { ...bench, store: await openSqliteStore({ path: `${path}-${count}` }) }
    expect((await bench.store.balance('acme')).heldNanos).toBe(4000n)
  })
})
