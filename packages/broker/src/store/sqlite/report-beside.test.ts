import { rmSync } from 'node:fs'
import { type Bench, openBench } from '@vendo/testkit/store-suite'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteStore } from './open-sqlite-store.ts'
import { reportBeside } from './report-beside.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

const { path, folder } = temporaryStorePath()
let bench: Bench
let count = 0

beforeEach(async () => {
  bench = await openBench(({ clock }) => openSqliteStore({ path: `${path}-${++count}`, clock }))
  await bench.credit(1_000_000n)
})
afterEach(() => bench.store.close())
afterAll(() => rmSync(folder, { recursive: true }))

it('sees whatever was asked for before it', async () => {
  const attempts = Array.from({ length: 50 }, (_, index) => `call-${index}`)
  const ends = attempts.map(async (attemptId) => {
    await bench.hold({ attemptId })
    return bench.settle(attemptId, { walletNanos: 7n })
  })
  await Promise.all(ends.slice(0, 25))
  const before = bench.hold({ attemptId: 'last' })
  expect(await bench.store.listCalls({ tenantId: 'acme', limit: 100 })).toContainEqual(
    expect.objectContaining({ attemptId: 'last', state: 'open' }),
  )
  await Promise.all([before, ...ends])
  const [group] = await bench.store.summarizeUsage({ tenantId: 'acme', groupBy: 'integration' })
  expect(group).toMatchObject({ calls: 50, chargeNanos: 350n })
  expect(await bench.store.verify()).toMatchObject({ ok: true, openHolds: 1 })
})

it('refuses like any other call', async () => {
  await expect(bench.store.listCalls({ tenantId: 'acme', limit: 5, after: 'nobody' })).rejects.toMatchObject({
    code: 'validation_failed',
  })
  expect(await bench.store.listCalls({ tenantId: 'acme', limit: 5 })).toEqual([])
})

it('waits until the store that writes has done what it was asked before', async () => {
  const asked: string[] = []
  const store = {
    ...bench.store,
    ping: async () => {
      asked.push('ping')
      throw new Error('it is away')
    },
  }
  const reports = reportBeside(store, `${path}-${count}`, undefined)
  await expect(reports.listCalls({ tenantId: 'acme', limit: 5 })).rejects.toThrow('it is away')
  expect(asked).toEqual(['ping'])
})
