import { rmSync } from 'node:fs'
import { openBench } from '@vendo/testkit/store-suite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from './open-sqlite-store.ts'
import { startWritingChild, type WritingChild } from './test/start-writing-child.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

let place: ReturnType<typeof temporaryStorePath>
let child: WritingChild | undefined

beforeEach(async () => {
  place = temporaryStorePath()
  const bench = await openBench(() => openSqliteStore({ path: place.path, worker: false }))
  await bench.credit(1_000_000_000n)
  await bench.store.close()
})
afterEach(async () => {
  await child?.kill()
  rmSync(place.folder, { recursive: true })
})

const open = () => openSqliteStore({ path: place.path, worker: false })

describe('kill -9 while 50 calls are being written', () => {
  it.each([60, 700])('loses nothing that was said to be durable, after %i lines', async (lines) => {
    child = startWritingChild(place.path, 'write')
    await child.printed(lines)
    await child.kill()
    const store = await open()
    expect(await store.verify()).toMatchObject({ ok: true, problems: [] })
    const before = new Map(
      (await store.listCalls({ tenantId: 'acme', limit: 100_000 })).map((call) => [call.attemptId, call]),
    )
    for (const line of child.lines.slice(1)) {
      const [event, attemptId = ''] = line.split(' ')
      expect(before.has(attemptId)).toBe(true)
      if (event === 'settled') expect(before.get(attemptId)?.state).toBe('actual')
    }
    const stillOpen = [...before.values()].filter(({ state }) => state === 'open').length
    expect(await store.settleOrphans(null)).toBe(stillOpen)
    const calls = await store.listCalls({ tenantId: 'acme', limit: 100_000 })
    expect(calls.some(({ state }) => state === 'open')).toBe(false)
    const charged = calls.reduce((sum, { walletNanos }) => sum + walletNanos, 0n)
    expect(await store.balance('acme')).toMatchObject({ settledNanos: charged, heldNanos: 0n })
    expect(await store.verify()).toMatchObject({ ok: true, openHolds: 0 })
    await store.close()
  })
})

describe('the lock', () => {
  it('names the process that holds the store, within a second', async () => {
    child = startWritingChild(place.path, 'hold')
    await child.printed(1)
    const startedAt = performance.now()
    await expect(open()).rejects.toMatchObject({
      code: 'store_unavailable',
      message: `The store ${place.path} is in use by process ${child.process.pid}.`,
    })
    await expect(openSqliteStore({ path: place.path })).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(performance.now() - startedAt).toBeLessThan(4000)
  })

  it('is gone with a killed process', async () => {
    child = startWritingChild(place.path, 'hold')
    await child.printed(1)
    await child.kill()
    const store = await open()
    await expect(store.ping()).resolves.toBeUndefined()
    await store.close()
  })

  it('keeps a second store of the same process out until the first is closed', async () => {
    const first = await open()
    await expect(open()).rejects.toMatchObject({ message: expect.stringContaining(`process ${process.pid}`) })
    await first.close()
    await (await open()).close()
  })
})
