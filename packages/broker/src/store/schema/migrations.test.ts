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
