import { closeSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openBench } from '@vendo/testkit/store-suite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backupSqliteStore } from './backup-sqlite-store.ts'
import { openSqliteStore } from './open-sqlite-store.ts'
import { temporaryStorePath } from './test/temporary-store.ts'
import { verifySqliteFile } from './verify-sqlite-file.ts'

let place: ReturnType<typeof temporaryStorePath>
let copy: string
beforeEach(() => {
  place = temporaryStorePath()
  copy = join(place.folder, 'copy.sqlite')
})
afterEach(() => rmSync(place.folder, { recursive: true }))

const fill = async () => {
  const bench = await openBench(() => openSqliteStore({ path: place.path }))
  await bench.credit(1_000_000n)
  await bench.hold({ attemptId: 'first' })
  await bench.settle('first', { walletNanos: 40n })
  return bench
}

describe('a backup', () => {
  it('made while calls are held and settled verifies, holds what was settled before it, and serves a broker', async () => {
    const bench = await fill()
    let calling = true
    const callers = Array.from({ length: 4 }, async (_, caller) => {
      for (let call = 0; calling; call++) {
        const attemptId = `${caller}-${call}`
        await bench.hold({ attemptId })
        await bench.settle(attemptId, { walletNanos: 40n })
      }
    })
    try {
      for (let round = 0; round < 3; round++) {
        const to = join(place.folder, `copy-${round}.sqlite`)
        const before = await bench.store.balance('acme')
        await backupSqliteStore({ path: place.path, to })
        const report = await verifySqliteFile(to)
        expect(report).toMatchObject({ ok: true, problems: [] })
        const restored = await openSqliteStore({ path: to })
        expect((await restored.balance('acme')).settledNanos).toBeGreaterThanOrEqual(before.settledNanos)
        expect((await restored.listCalls({ tenantId: 'acme', limit: 9 }))[0]).toMatchObject({ attemptId: 'first' })
        await restored.settleOrphans(null)
        expect(await restored.verify()).toMatchObject({ ok: true, openHolds: 0 })
        await restored.close()
      }
    } finally {
      calling = false
      await Promise.all(callers)
      await bench.store.close()
    }
  })

  it('is for its owner alone, and leaves nothing else behind', async () => {
    const bench = await fill()
    await backupSqliteStore({ path: place.path, to: copy })
    expect(statSync(copy).mode & 0o077).toBe(0)
    expect(readdirSync(place.folder).filter((name) => name.includes('copy'))).toEqual(['copy.sqlite'])
    await bench.store.close()
  })

  it('replaces no file', async () => {
    const bench = await fill()
    writeFileSync(copy, 'mine')
    await expect(backupSqliteStore({ path: place.path, to: copy })).rejects.toMatchObject({ code: 'validation_failed' })
    expect(statSync(copy).size).toBe(4)
    await expect(backupSqliteStore({ path: place.path, to: place.path })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    await bench.store.close()
    expect(await verifySqliteFile(place.path)).toMatchObject({ ok: true, rows: 2 })
  })

  it.each([
    ['a store that is not there', (folder: string) => ({ path: join(folder, 'none'), to: join(folder, 'copy') })],
    ['a folder that is not there', (folder: string) => ({ path: place.path, to: join(folder, 'none', 'copy') })],
  ])('names %s', async (_what, options) => {
    await (await fill()).store.close()
    await expect(backupSqliteStore(options(place.folder))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('none'),
    })
    expect(readdirSync(place.folder).filter((name) => name.includes('copy') || name.includes('none'))).toEqual([])
  })
})

describe('a file that is verified', () => {
  it('is not changed, and not locked', async () => {
    const bench = await fill()
    await backupSqliteStore({ path: place.path, to: copy })
    const { mtimeMs, size } = statSync(copy)
    await verifySqliteFile(copy)
    expect(statSync(copy)).toMatchObject({ mtimeMs, size })
    expect(await verifySqliteFile(place.path)).toMatchObject({ ok: true })
    await bench.store.close()
  })

  it('is reported when money in it was changed', async () => {
    await (await fill()).store.close()
    await backupSqliteStore({ path: place.path, to: copy })
    const database = new DatabaseSync(copy)
    database.exec(`UPDATE accounts SET credit = credit + 1 WHERE id = 'tenant:acme:balance'`)
    database.close()
    const report = await verifySqliteFile(copy)
    expect([report.ok, report.problems.join()]).toEqual([false, expect.stringContaining('says credit')])
  })

  it.each([
    ['damaged where no account is', () => zeroPageOf('vault_canary')],
    ['cut short', () => truncateSync(copy, 8_192)],
    ['no database', () => writeFileSync(copy, 'this is not a database, but long enough'.repeat(99))],
    ['of another version', () => withCopy('INSERT INTO schema_versions VALUES (999, 0)')],
    ['not a ledger', () => withCopy('DROP TABLE schema_versions')],
  ])('is never taken for a whole one when it is %s', async (_what, spoil) => {
    await (await fill()).store.close()
    await backupSqliteStore({ path: place.path, to: copy })
    spoil()
    const ok = await verifySqliteFile(copy).then(
      (report) => report.ok,
      (error: { code: string; message: string }) => (error.message.includes(copy) ? error.code : 'unnamed'),
    )
    expect([false, 'store_unavailable']).toContain(ok)
  })
})

const withCopy = (statement: string): void => {
  const database = new DatabaseSync(copy)
  database.exec(statement)
  database.close()
}

/** Overwrites the first page of a table. */
const zeroPageOf = (table: string): void => {
  const database = new DatabaseSync(copy)
  const page = Number(database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage'])
  const size = Number(database.prepare('PRAGMA page_size').get()?.['page_size'])
  database.close()
  const file = openSync(copy, 'r+')
  writeSync(file, Buffer.alloc(size), 0, size, (page - 1) * size)
  closeSync(file)
}
