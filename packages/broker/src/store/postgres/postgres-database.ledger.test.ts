import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestPostgres } from '@vendo/testkit/postgres'
import { noon, openBench, settlementOf } from '@vendo/testkit/store-suite'
import { describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { openPostgresStore } from './open-postgres-store.ts'
import { createDatabase, runSql, serverUrl } from './test/fresh-database.ts'

const unavailable = { code: 'store_unavailable' }

/** A store with one settled call, and the address of its database. */
const openUsedStore = async () => {
  const url = await createDatabase()
  const bench = await openBench(() => openPostgresStore({ url, patienceMs: 10_000 }))
  await bench.credit(1000n)
  await bench.hold({ attemptId: 'one' })
  await bench.settle('one')
  await bench.hold({ attemptId: 'two' })
  return { url, ...bench }
}

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

describe.skipIf(serverUrl === undefined)('the database itself', () => {
  it('refuses to rewrite history', async () => {
    const { url, store } = await openUsedStore()
    const rewrites = [
      'UPDATE ledger_rows SET wallet_nanos = 0',
      'DELETE FROM ledger_rows',
      'TRUNCATE ledger_rows CASCADE',
      'UPDATE top_ups SET amount_nanos = 9',
      'DELETE FROM top_ups',
      'DELETE FROM holds',
      `UPDATE holds SET state = 'open' WHERE attempt_id = 'one'`,
      `UPDATE holds SET wallet_nanos = 1 WHERE attempt_id = 'two'`,
    ]
    for (const text of rewrites) await expect(runSql(url, text), text).rejects.toThrow('append-only')
    expect(await store.verify()).toMatchObject({ ok: true })
    await store.close()
  })

  it('refuses references from one tenant to another', async () => {
    const { url, store } = await openUsedStore()
    await store.createTenant({ id: 'rival', name: 'Rival', createdAt: noon })
    const crossings = [
      `INSERT INTO bindings VALUES ('acme-app', 'acme-anthropic', 'rival', 1, 9)`,
      `UPDATE keys SET tenant_id = 'rival' WHERE id = 'key-1'`,
      `UPDATE connections SET tenant_id = 'rival'`,
    ]
    for (const text of crossings) await expect(runSql(url, text), text).rejects.toThrow('foreign key')
    await store.close()
  })

  it('tells the time: admissions, whatever the clock of the broker says', async () => {
    const { url, store } = await openUsedStore()
    const [calls, [row]] = await Promise.all([
      store.listCalls({ tenantId: 'acme', limit: 1 }),
      runSql(url, 'SELECT EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS now'),
    ])
    const age = Number(row?.['now']) - (calls[0]?.admittedAt ?? 0)
    // The bench holds a clock that stands still in the past or the future; the store was not given it.
    expect(Math.abs(age)).toBeLessThan(60_000)
    await store.close()
  })

  it('keeps texts that it could not store as they are', async () => {
    const { store, ...bench } = await openUsedStore()
    await bench.settle('two', { servedModel: 'odd\0name', responseId: 'a"b\\c{d},e' })
    const [, call] = await store.listCalls({ tenantId: 'acme', limit: 2 })
    expect(call).toMatchObject({ servedModel: 'odd\uFFFDname', responseId: 'a"b\\c{d},e' })
    await store.close()
  })
})

describe('an address that leads nowhere', () => {
  const addresses = [
    ['is no URL', 'postgres://user:hunter2@[nowhere/db'],
    ['is of another kind', 'mysql://user:hunter2@localhost/db'],
    ['has nobody listening', 'postgres://user:hunter2@127.0.0.1:1/db'],
  ] as const
  it.each(addresses)('%s: is refused within a second, without quoting the password', async (_, url) => {
    const startedAt = performance.now()
    const error = await openPostgresStore({ url }).catch((thrown: unknown) => thrown)
    expect(performance.now() - startedAt).toBeLessThan(1000)
    expect(error).toMatchObject(unavailable)
    const printed: string[] = []
    for (let at = error; at instanceof Error; at = at.cause) printed.push(at.message, String(at.stack))
    expect(printed.join('\n')).not.toContain('hunter2')
  })

  it('answers nothing: is refused within a second', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vendo-mute-'))
    const mute = createServer().listen(join(folder, '.s.PGSQL.5432'))
    const url = `postgres://vendo@localhost/db?host=${encodeURIComponent(folder)}`
    const took = await milliseconds(() => expect(openPostgresStore({ url })).rejects.toMatchObject(unavailable))
    expect(took).toBeLessThan(1000)
    mute.close()
    rmSync(folder, { recursive: true })
  })
})

describe.skipIf(serverUrl === undefined)('a server that crashes', () => {
  it('fails every call within a second, and the same store goes on when it is back', async () => {
    const server = await startTestPostgres({ fsync: true })
    const bench = await openBench(() => openPostgresStore({ url: server.url('postgres') }))
    await bench.credit(1000n)
    await bench.hold({ attemptId: 'before' })
    await server.crash()
    const calls: readonly ((store: Store) => Promise<unknown>)[] = [
      () => bench.hold({ attemptId: 'during' }),
      () => bench.settle('before'),
      (store) => store.ping(),
      (store) => store.balance('acme'),
      (store) => store.verify(),
      (store) => store.createTenant({ id: 'late', name: 'Late', createdAt: noon }),
      (store) => store.settleOrphans(noon),
    ]
    for (const call of calls) {
      const took = await milliseconds(() => expect(call(bench.store)).rejects.toMatchObject(unavailable))
      expect(took).toBeLessThan(1000)
    }
    await server.restart()
    expect(await bench.store.settle(settlementOf('before', { walletNanos: 40n }))).toBe(true)
    expect(await bench.hold({ attemptId: 'after' })).toMatchObject({ admitted: true })
    expect((await bench.store.listCalls({ tenantId: 'acme', limit: 9 })).map(({ attemptId }) => attemptId)).toEqual([
      'before',
      'after',
    ])
    expect(await bench.store.verify()).toMatchObject({ ok: true, problems: [] })
    await bench.store.close()
    await server.stop()
  })
})
