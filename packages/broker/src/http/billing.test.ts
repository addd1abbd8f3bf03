import {
  balanceSchema,
  callsSchema,
  ledgerReportSchema,
  spendCapsSchema,
  topUpResponseSchema,
  usageSchema,
} from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture, now, settleCall } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
  await fixture.store.topUp({
    id: 'topup_seed',
    tenantId: fixture.a.id,
    amountNanos: 1_000_000_000n,
    note: '',
    idempotencyKey: null,
  })
  await fixture.store.setTransparent(fixture.a.id, true)
})

const spend = (attemptId: string, options: { by?: 'app' | 'connection'; chargeNanos?: bigint; model?: string } = {}) =>
  settleCall(fixture.store, fixture.a[options.by ?? 'app'], {
    attemptId,
    connectionId: fixture.a.connectionId,
    ...options,
  })

describe('GET /api/billing/balance', () => {
  it("shows the tenant's wallet in nanos and micros", async () => {
    await spend('attempt_1', { chargeNanos: 1_500n })
    const answer = await fixture.call(fixture.a.app.key, 'GET /api/billing/balance')
    expect(balanceSchema.parse(answer.body)).toEqual({
      credits_remaining_micros: 999_998,
      credits_remaining_nanos: '999998500',
      held_nanos: '0',
      currency: 'USD',
      top_up_url: 'http://127.0.0.1:8787/api/billing/topups',
    })
  })

  it('shows an overdrawn wallet as 0', async () => {
    await spend('attempt_1', { chargeNanos: 2_000_000_000n })
    const answer = await fixture.call(fixture.a.app.key, 'GET /api/billing/balance')
    expect(answer.body).toMatchObject({ credits_remaining_micros: 0, credits_remaining_nanos: '0' })
  })
})

describe('GET /api/billing/spend-caps', () => {
  it('shows the caps of the calling key and what is used of them', async () => {
    const { call, a, addKey, store } = fixture
    const key = await addKey({ tenantId: a.id, appId: a.appId, limits: { spend_day_usd: '0.05' } })
    await settleCall(store, key, { connectionId: a.connectionId, chargeNanos: 4_000_000n })
    const answer = await call(key.key, 'GET /api/billing/spend-caps')
    expect(spendCapsSchema.parse(answer.body)).toEqual({
      daily_micros: 50_000,
      monthly_micros: null,
      total_micros: null,
      used_today_micros: 4_000,
      used_month_micros: 4_000,
      used_total_micros: 4_000,
      used_today_nanos: '4000000',
      used_month_nanos: '4000000',
      used_total_nanos: '4000000',
    })
    const named = await call(a.management.key, `GET /api/billing/spend-caps?key_id=${key.record.id}`)
    expect(named.body).toEqual(answer.body)
  })

  it.each([
    ['app', 'key_id', '403 key_scope'],
    ['management', '', '400 validation_failed'],
    ['management', 'foreign', '404 not_found'],
  ] as const)('an %s key with %s gets %s', async (who, parameter, refusal) => {
    const { call, a, b } = fixture
    const query = parameter === '' ? '' : `?key_id=${b.app.record.id}`
    const answer = await call(a[who].key, `GET /api/billing/spend-caps${query}`)
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(refusal)
  })
})

describe('GET /api/calls', () => {
  it('shows each attempt with its bill', async () => {
    await spend('attempt_1')
    const answer = await fixture.call(fixture.a.app.key, 'GET /api/calls')
    const { calls, next } = callsSchema.parse(answer.body)
    expect(next).toBeNull()
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({
      id: 'attempt_1',
      request_id: 'request_of_attempt_1',
      key_id: fixture.a.app.record.id,
      state: 'actual',
      hold_nanos: '5000',
      list_nanos: '1000',
      charge_nanos: '1200',
      admitted_at: '2026-11-20T12:00:00.000Z',
      lines: [{ meter: 'input', quantity: 1, rate_usd: '1', margin: '0.2', list_nanos: '1000', charge_nanos: '1200' }],
    })
  })

  it('shows an app key its own calls only, and a management key all of the tenant', async () => {
    const { call, a } = fixture
    await spend('attempt_1')
    await spend('attempt_2', { by: 'connection' })
    const idsFor = async (key: string, query = '') =>
      callsSchema.parse((await call(key, `GET /api/calls${query}`)).body).calls.map(({ id }) => id)
    expect(await idsFor(a.app.key)).toEqual(['attempt_1'])
    expect(await idsFor(a.management.key)).toEqual(['attempt_1', 'attempt_2'])
    expect(await idsFor(a.management.key, `?key_id=${a.connection.record.id}`)).toEqual(['attempt_2'])
    expect(await idsFor(a.management.key, `?app_id=${a.appId}`)).toEqual(['attempt_1'])
    expect(await idsFor(a.management.key, `?since=${new Date(now + 1).toISOString()}`)).toEqual([])
  })

  it('refuses an app key that asks for another', async () => {
    const { call, a } = fixture
    const answer = await call(a.app.key, `GET /api/calls?key_id=${a.connection.record.id}`)
    expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([403, 'key_scope'])
  })

  it('pages without losing or repeating a call', async () => {
    for (const id of ['attempt_1', 'attempt_2', 'attempt_3']) await spend(id)
    const pages: string[][] = []
    let after: string | null = null
    do {
      const query: string = `?limit=2${after === null ? '' : `&after=${after}`}`
      const page = callsSchema.parse((await fixture.call(fixture.a.app.key, `GET /api/calls${query}`)).body)
      pages.push(page.calls.map(({ id }) => id))
      after = page.next
    } while (after !== null && pages.length < 5)
    expect(pages).toEqual([['attempt_1', 'attempt_2'], ['attempt_3']])
  })

  it.each(['limit=0', 'limit=501', 'limit=many', 'since=yesterday', 'unknown=1', 'limit=1&limit=2'])(
    'refuses ?%s',
    async (query) => {
      const answer = await fixture.call(fixture.a.app.key, `GET /api/calls?${query}`)
      expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([400, 'validation_failed'])
    },
  )
})

describe('GET /api/billing/usage', () => {
  it('groups and adds up', async () => {
    await spend('attempt_1', { model: 'claude-haiku-4-5' })
    await spend('attempt_2', { model: 'claude-opus-4-5', chargeNanos: 3_000n })
    await spend('attempt_3', { by: 'connection' })
    const answer = await fixture.call(fixture.a.app.key, 'GET /api/billing/usage?period=day')
    const usage = usageSchema.parse(answer.body)
    expect(usage).toMatchObject({ period: 'day', from: '2026-11-20T00:00:00.000Z', group_by: 'model' })
    expect(usage.groups.map(({ group, charge_nanos }) => [group, charge_nanos]).sort()).toEqual([
      ['claude-haiku-4-5', '1200'],
      ['claude-opus-4-5', '3000'],
    ])
    expect(usage.total).toMatchObject({ calls: 2, charge_nanos: '4200', list_nanos: '2000' })
  })

  it.each([
    ['', 'month', '2026-11-01T00:00:00.000Z'],
    ['?period=all', 'all', null],
  ])('%s covers the %s', async (query, period, from) => {
    const answer = await fixture.call(fixture.a.management.key, `GET /api/billing/usage${query}`)
    expect(usageSchema.parse(answer.body)).toMatchObject({ period, from })
  })
})

describe('POST /api/billing/topups', () => {
  const topUp = (body: unknown, idempotencyKey?: string) =>
    fixture.call(
      fixture.operator.key,
      `POST /api/billing/topups?tenant=${fixture.a.id}`,
      body,
      idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
    )

  it('adds credit and shows the new balance', async () => {
    const answer = await topUp({ amount_usd: '12.50', note: 'invoice 7' })
    expect(answer.status).toBe(201)
    expect(topUpResponseSchema.parse(answer.body)).toMatchObject({
      amount_nanos: '12500000000',
      balance: { credits_remaining_nanos: '13500000000' },
    })
  })

  it('adds the money once for one Idempotency-Key', async () => {
    const first = topUpResponseSchema.parse((await topUp({ amount_usd: '1' }, 'order-1')).body)
    const again = topUpResponseSchema.parse((await topUp({ amount_usd: '1' }, 'order-1')).body)
    expect(again).toEqual(first)
    const other = await topUp({ amount_usd: '2' }, 'order-1')
    expect([other.status, other.headers.get('vendo-error-code')]).toEqual([409, 'idempotency_conflict'])
  })

  it.each(['0', '0.00', '-1', '1e3', '1000000000.000000001', '99999999999999999999', 1])(
    'refuses the amount %s',
    async (amount_usd) => {
      const answer = await topUp({ amount_usd })
      expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([400, 'validation_failed'])
      expect(answer.text).toContain('amount_usd')
    },
  )
})

describe('GET /api/ledger/verify', () => {
  it('recomputes the ledger', async () => {
    await spend('attempt_1')
    const answer = await fixture.call(fixture.operator.key, 'GET /api/ledger/verify')
    const report = ledgerReportSchema.parse(answer.body)
    expect(report).toMatchObject({ ok: true, problems: [], checked: { open_holds: 0 } })
    expect(report.checked.rows).toBeGreaterThan(0)
  })
})
