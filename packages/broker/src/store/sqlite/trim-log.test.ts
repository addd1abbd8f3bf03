import { rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { openSqliteStore } from './open-sqlite-store.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

let place: ReturnType<typeof temporaryStorePath>
let store: Store
beforeEach(async () => {
  place = temporaryStorePath()
  store = await openSqliteStore({ path: place.path })
})
afterEach(async () => {
  await store.close()
  rmSync(place.folder, { recursive: true })
})

const logBytes = (): number => statSync(`${place.path}-wal`).size

it('the log that a long report kept is emptied when the report has ended, and writes go on meanwhile', async () => {
  const reader = new DatabaseSync(place.path, { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT COUNT(*) FROM tenants').get()
  const name = 'x'.repeat(1_000_000)
  for (let number = 0; number < 24; number++) await store.createTenant({ id: `ten_${number}`, name, createdAt: 1 })
  expect(logBytes()).toBeGreaterThan(20_000_000)
  // Looks come and go while the report reads on: the log stays, and what is written is written.
  for (const until = performance.now() + 1_500; performance.now() < until; ) await store.probeWrite()
  expect(reader.prepare('SELECT COUNT(*) AS count FROM tenants').get()).toEqual({ count: 0 })
  expect(logBytes()).toBeGreaterThan(20_000_000)
  reader.exec('ROLLBACK')
  reader.close()
  await expect
    .poll(
      async () => {
        await store.probeWrite()
        return logBytes()
      },
      { timeout: 15_000 },
    )
    .toBeLessThan(1_000_000)
  expect(await store.listTenants()).toHaveLength(24)
})
