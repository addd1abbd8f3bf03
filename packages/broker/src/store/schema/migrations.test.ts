import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openBench, settlementOf } from '@vendo/testkit/store-suite'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../sqlite/open-sqlite-store.ts'
import { temporaryStorePath } from '../sqlite/test/temporary-store.ts'
import { migrations } from './migrations.ts'

it('versions count up without a gap', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
})

it('a store from before seconds of sound were counted keeps its calls, and counts them from now on', async () => {
  const { folder, path } = temporaryStorePath()
  const open = () => openSqliteStore({ path, worker: false })
  const bench = await openBench(open)
  await bench.credit(1_000n)
  for (const attemptId of ['old', 'new']) await bench.hold({ attemptId })
  await bench.settle('old')
  await bench.store.close()
  const database = new DatabaseSync(path)
  database.exec('ALTER TABLE ledger_rows DROP COLUMN quantity_audio_second')
  undoMargins(database)
  database.exec('DELETE FROM schema_versions WHERE version >= 6')
  database.close()
  const store = await open()
  await store.settle(settlementOf('new', { quantities: { audio_second: 9 } }))
  const calls = await store.listCalls({ tenantId: 'acme', limit: 10 })
  expect(calls.map(({ quantities }) => quantities)).toEqual([{ input: 3, output: 5 }, { audio_second: 9 }])
  expect(await store.verify()).toMatchObject({ ok: true, problems: [] })
  await store.close()
  rmSync(folder, { recursive: true })
})

/** Brings a store back to what it was before margins had a history. */
const undoMargins = (database: DatabaseSync): void => {
  database.exec('DROP TABLE vault_canary')
  database.exec('DROP TABLE margin_versions; DROP TABLE notices; ALTER TABLE tenants DROP COLUMN transparent')
  database.exec('DELETE FROM schema_versions WHERE version >= 7')
}

it.each([
  [
    'keeps the 20 % that it charged unasked, as a margin',
    [],
    [{ margin: '0.2', effectiveFrom: 0, createdAt: 0, authorKeyId: null, note: 'the default of earlier versions' }],
  ],
  [
    'keeps the margins that it has, and 20 % for what they do not cover',
    [['acme', '', 'output', '0.1']],
    [
      { tenantId: 'acme', meter: 'output', margin: '0.1', note: 'set before margins had a history' },
      { margin: '0.2', note: 'the default of earlier versions' },
    ],
  ],
  [
    'keeps a margin on everything as it is',
    [['', '', '', '0']],
    [{ margin: '0', note: 'set before margins had a history' }],
  ],
] as const)('a store from before margins had a history %s', async (_rule, before, after) => {
  const { folder, path } = temporaryStorePath()
  const open = () => openSqliteStore({ path, worker: false })
  await (await openBench(open)).store.close()
  const database = new DatabaseSync(path)
  undoMargins(database)
  for (const row of before) database.prepare('INSERT INTO margins VALUES (?, ?, ?, ?)').run(...row)
  database.close()
  const store = await open()
  expect(await store.listMargins()).toMatchObject(after)
  expect(await store.listMargins()).toHaveLength(after.length)
  await store.close()
  rmSync(folder, { recursive: true })
})
