import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openBench, settlementOf } from '@vendo/testkit/store-suite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from './open-sqlite-store.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

let place: ReturnType<typeof temporaryStorePath>
beforeEach(() => {
  place = temporaryStorePath()
})
afterEach(() => rmSync(place.folder, { recursive: true }))

const open = (path = place.path) => openSqliteStore({ path, worker: false })

/** A store with a corrected call, a settled one and an open one. */
const fill = async (): Promise<void> => {
  const bench = await openBench(() => open())
  await bench.credit(1000n)
  await bench.hold({ attemptId: 'corrected' })
  await bench.settle('corrected', { state: 'estimated', reason: 'background' })
  await bench.store.correct(settlementOf('corrected', { walletNanos: 60n, spendNanos: 60n }))
  await bench.hold({ attemptId: 'settled' })
  await bench.settle('settled', {
    lines: [{ meter: 'input', quantity: 3, rateUsd: '5', margin: '0.2', listNanos: 80n, chargeNanos: 100n }],
  })
  await bench.hold({ attemptId: 'open' })
  await bench.store.addRateOverrides([
    { integration: 'i', model: 'm', contextWindow: 1, maxOutput: 1, usd: {}, source: 'test', effectiveFrom: 1 },
  ])
  await bench.store.close()
}

const withDatabase = (work: (database: DatabaseSync) => void): void => {
  const database = new DatabaseSync(place.path)
  try {
    work(database)
  } finally {
    database.close()
  }
}

describe('the file', () => {
  it('is made with its folder, for its owner alone, and keeps everything', async () => {
    const path = join(place.folder, 'new', 'store.db')
    const bench = await openBench(() => open(path))
    await bench.credit(70n)
    const names = readdirSync(join(place.folder, 'new'))
    expect(names).toEqual(expect.arrayContaining(['store.db', 'store.db-wal']))
    for (const name of names) {
      expect(statSync(join(place.folder, 'new', name)).mode & 0o077).toBe(0)
    }
    expect(statSync(join(place.folder, 'new')).mode & 0o077).toBe(0)
    await bench.store.close()
    const store = await open(path)
    expect((await store.balance('acme')).creditNanos).toBe(70n)
    expect(await store.listTenants()).toHaveLength(1)
    await store.close()
  })

  it('is refused when a newer Vendo wrote it, and left as it is', async () => {
    await (await open()).close()
    withDatabase((database) => database.exec('INSERT INTO schema_versions (version, applied_at) VALUES (999, 0)'))
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('999') })
  })

  it.each([
    [
      'is no database',
      () => writeFileSync(place.path, 'this is not a database, but long enough to be looked at'.repeat(9)),
    ],
    ['is a folder', () => mkdirSync(place.path)],
  ])('is refused by name when it %s', async (_, spoil) => {
    spoil()
    for (const worker of [false, true]) {
      await expect(openSqliteStore({ path: place.path, worker })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining(place.path),
      })
    }
  })

  it('does not stay locked when it could not be opened', async () => {
    writeFileSync(place.path, 'this is not a database, but long enough to be looked at'.repeat(9))
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable' })
    rmSync(place.path)
    await (await open()).close()
  })

  it('holds the hash of a key and nothing in clear', async () => {
    const bench = await openBench(() => open())
    await bench.key({}, { id: 'key-9', hash: 'f'.repeat(64) })
    await bench.store.close()
    expect(readFileSync(place.path).includes('f'.repeat(64))).toBe(true)
  })
})

describe('history', () => {
  it.each([
    `UPDATE ledger_rows SET wallet_nanos = 0`,
    'DELETE FROM ledger_rows',
    `UPDATE top_ups SET amount_nanos = 9`,
    'DELETE FROM top_ups',
    `DELETE FROM holds WHERE state = 'closed'`,
    `UPDATE holds SET state = 'open' WHERE attempt_id = 'settled'`,
    `UPDATE holds SET wallet_nanos = 1 WHERE attempt_id = 'open'`,
    `UPDATE holds SET entries = '[]' WHERE attempt_id = 'open'`,
    `UPDATE rate_overrides SET usd = '{"input":"1"}'`,
    'DELETE FROM rate_overrides',
    `UPDATE accounts SET held = held - 1000`,
  ])('cannot be rewritten: %s', async (statement) => {
    await fill()
    withDatabase((database) => expect(() => database.exec(statement)).toThrow(/append-only|only ever close|CHECK/))
  })
})

describe('verify', () => {
  const spoilt: readonly [problem: RegExp, statement: string][] = [
    [/tenant:acme:balance says settled/, `UPDATE accounts SET settled = settled + 1 WHERE id = 'tenant:acme:balance'`],
    [/says held/, `UPDATE accounts SET held = 0 WHERE id = 'tenant:acme:balance'`],
    [/says credit/, `UPDATE accounts SET credit = credit + 1 WHERE id = 'tenant:acme:balance'`],
    [/is missing/, `DELETE FROM accounts WHERE id = 'key:key-1:spend_total'`],
    [/says credit/, 'DELETE FROM top_ups'],
    [/overdrawn/, `UPDATE accounts SET credit = 1 WHERE id = 'tenant:acme:balance'`],
    [/settled is closed without a terminal row/, `DELETE FROM ledger_rows WHERE attempt_id = 'settled'`],
    [/settled is open and has a terminal row/, `UPDATE holds SET state = 'open' WHERE attempt_id = 'settled'`],
    [/no terminal row/, `DELETE FROM ledger_rows WHERE attempt_id = 'corrected' AND kind = 'terminal'`],
    [/not settled in the background/, `UPDATE ledger_rows SET reason = 'other' WHERE attempt_id = 'corrected'`],
    [/is not flagged/, `UPDATE ledger_rows SET spend_nanos = 900 WHERE attempt_id = 'settled'`],
    [/lines that sum to 80/, `UPDATE ledger_rows SET list_nanos = 81 WHERE attempt_id = 'settled'`],
    [/released and yet costs/, `UPDATE ledger_rows SET state = 'released' WHERE attempt_id = 'settled'`],
    [/another wallet than its entries/, `UPDATE holds SET wallet_nanos = 200 WHERE attempt_id = 'open'`],
    [/1 ledger rows belong to no attempt/, `UPDATE ledger_rows SET attempt_id = 'stray' WHERE attempt_id = 'settled'`],
  ]
  it.each(spoilt)('finds %s', async (problem, statement) => {
    await fill()
    withDatabase((database) => {
      database.exec('PRAGMA foreign_keys = OFF')
      const triggers = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all()
      for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`)
      database.exec(statement)
    })
    const store = await open()
    const report = await store.verify()
    expect(report.ok).toBe(false)
    expect(report.problems.join('\n')).toMatch(problem)
    await store.close()
  })

  it('finds nothing in an untouched ledger', async () => {
    await fill()
    const store = await open()
    expect(await store.verify()).toEqual({ ok: true, accounts: 4, rows: 4, openHolds: 1, problems: [] })
    await store.close()
  })
})
