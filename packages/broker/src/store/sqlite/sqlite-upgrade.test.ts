import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { noon, settlementOf } from '@vendo/testkit/store-suite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrations } from '../schema/migrations.ts'
import type { SqlValue } from '../sql.ts'
import type { Store } from '../store.ts'
import { openSqliteStore } from './open-sqlite-store.ts'
import { temporaryStorePath } from './test/temporary-store.ts'

let place: ReturnType<typeof temporaryStorePath>
let store: Store

beforeEach(async () => {
  place = temporaryStorePath()
  writeVersion4(place.path)
  store = await openSqliteStore({ path: place.path, clock: () => noon, worker: false })
})
afterEach(async () => {
  await store.close()
  rmSync(place.folder, { recursive: true })
})

const entries = JSON.stringify([
  ['key:key-1:spend_day:2026-11-20', 'spend', '100'],
  ['key:key-1:spend_month:2026-11', 'spend', '100'],
  ['key:key-1:spend_total', 'spend', '100'],
  ['tenant:acme:balance', 'wallet', '100'],
])
const line = { meter: 'input', quantity: 3, rateUsd: '5', margin: '0.2', listNanos: '80', chargeNanos: '100' }

/** A store as version 4 of the schema kept it: one call that was settled at 60, one that runs. */
const writeVersion4 = (path: string): void => {
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE schema_versions (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)')
  for (const { version, statements, own } of migrations.filter((migration) => migration.version <= 4)) {
    for (const statement of [...statements, ...own.sqlite]) database.exec(statement)
    database.exec(`INSERT INTO schema_versions VALUES (${version}, 0)`)
  }
  const insert = (table: string, row: Readonly<Record<string, SqlValue>>): void => {
    const columns = Object.keys(row)
    const text = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
    database.prepare(text).run(...Object.values(row))
  }
  insert('tenants', { id: 'acme', name: 'Acme', created_at: noon })
  insert('apps', { id: 'acme-app', tenant_id: 'acme', name: 'Acme app', created_at: noon })
  const tenant_id = 'acme'
  insert('connections', {
    ...{ id: 'acme-anthropic', tenant_id, integration: 'anthropic', profile: 'vendo_managed_pool', name: 'Anthropic' },
    ...{ status: 'connected', metadata: '{}', sealed: 'sealed-fake', created_at: noon },
  })
  insert('keys', {
    ...{ id: 'key-1', tenant_id, kind: 'inference', scope: 'app', name: 'test key', hash: 'hash-of-key-1' },
    ...{ display: 'vendo_sk_…fake', app_id: 'acme-app', limits: '{}', created_at: noon },
  })
  insert('top_ups', { id: 'credit', tenant_id, amount_nanos: 1_000n, note: '', created_at: noon })
  for (const [account] of JSON.parse(entries) as [string][]) {
    const credit = account === 'tenant:acme:balance' ? 1_000 : 0
    insert('accounts', { id: account, tenant_id, credit, settled: 60, held: 100 })
  }
  const target = { connection_id: 'acme-anthropic', integration: 'anthropic', route: 'POST /v1/messages' }
  const subject = { request_id: 'request-1', tenant_id, key_id: 'key-1', app_id: 'acme-app', ...target }
  const amounts = { wallet_nanos: 100n, spend_nanos: 100n, tokens: 100 }
  for (const [attempt_id, state] of [
    ['settled', 'closed'],
    ['running', 'open'],
  ] as const) {
    const times = { admitted_at: noon, expires_at: noon + 60_000 }
    insert('holds', { attempt_id, ...subject, streamed: 0, ...amounts, entries, ...times, state })
  }
  insert('ledger_rows', {
    ...{ attempt_id: 'settled', kind: 'terminal', state: 'actual', flags: '[]', wallet_nanos: 60n, spend_nanos: 60n },
    ...{ list_nanos: 80n, cache_savings_nanos: 0n, tokens: 8, lines: JSON.stringify([line]), settled_at: noon },
    ...{ response_id: 'response-1', quantity_input: 3 },
  })
  database.close()
}

describe('a store of the version before', () => {
  it('keeps its calls, their lines and its sums', async () => {
    expect(await store.verify()).toMatchObject({ ok: true, problems: [], rows: 2, openHolds: 1 })
    const calls = await store.listCalls({ tenantId: 'acme', keyId: 'key-1', limit: 10 })
    expect(calls.map(({ attemptId, state }) => [attemptId, state])).toEqual([
      ['running', 'open'],
      ['settled', 'actual'],
    ])
    expect(calls[1]).toMatchObject({ walletNanos: 60n, quantities: { input: 3 } })
    expect(calls[1]?.lines).toEqual([{ ...line, listNanos: 80n, chargeNanos: 100n }])
    expect(await store.ownsResponse('acme', 'response-1')).toBe(true)
  })

  it('settles its running call and takes new ones', async () => {
    expect(await store.settle(settlementOf('running', { walletNanos: 70n, spendNanos: 70n }))).toBe(true)
    const amounts = { walletNanos: 100n, spendNanos: 100n, tokens: 100, defaultRequestsPerMinute: null, ttlMs: 60_000 }
    const request = {
      ...{ attemptId: 'new', requestId: 'request-2', tenantId: 'acme', keyId: 'key-1', appId: 'acme-app' },
      ...{ connectionId: 'acme-anthropic', integration: 'anthropic', route: 'POST /v1/messages', model: null },
      ...{ streamed: true, ...amounts },
    }
    expect(await store.hold(request)).toMatchObject({ admitted: true })
    expect(await store.balance('acme')).toMatchObject({ settledNanos: 130n, heldNanos: 100n })
    expect(await store.verify()).toMatchObject({ ok: true, problems: [], rows: 3, openHolds: 1 })
  })
})

describe('what history refused is refused still', () => {
  it.each([
    [`UPDATE ledger_rows SET wallet_nanos = 0`, /append-only/],
    ['DELETE FROM ledger_rows', /append-only/],
    [`UPDATE holds SET state = 'open' WHERE attempt_id = 'settled'`, /only ever close/],
    [`UPDATE holds SET expires_at = 0 WHERE attempt_id = 'settled'`, /only ever close/],
    [`UPDATE holds SET tokens = 0 WHERE attempt_id = 'running'`, /only ever close/],
    [`INSERT INTO ledger_rows SELECT * FROM (SELECT * FROM ledger_rows) WHERE attempt_id = 'settled'`, /UNIQUE/],
  ])('%s', async (statement, refusal) => {
    const database = new DatabaseSync(place.path)
    try {
      expect(() => database.exec(statement)).toThrow(refusal)
    } finally {
      database.close()
    }
  })

  it('a state that no row can have', async () => {
    const database = new DatabaseSync(place.path)
    const text = `INSERT INTO ledger_rows (attempt_id, kind, state, flags, wallet_nanos, spend_nanos, list_nanos,
      cache_savings_nanos, tokens, lines, settled_at) VALUES ('running', 'terminal', ?, '[]', 0, 0, 0, 0, 0, '[]', 0)`
    try {
      expect(() => database.prepare(text).run('other')).toThrow(/CHECK/)
      database.prepare(text).run('released')
    } finally {
      database.close()
    }
  })
})
