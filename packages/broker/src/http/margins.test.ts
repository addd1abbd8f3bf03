import { callsSchema, errorBodySchema, marginsSchema, usageSchema } from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture, settleCall } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
})

const operate = (line: string, body?: unknown) => fixture.call(fixture.operator.key, line, body)
const listed = async (query = '') => marginsSchema.parse((await operate(`GET /api/margins${query}`)).body).margins
const later = '2026-12-24T00:00:00.000Z'

describe('margins', () => {
  it.each(['POST', 'PUT'])('%s sets one for any scope', async (method) => {
    const margins = [
      { margin: '0.2' },
      { tenant_id: fixture.a.id, margin: '-1' },
      { tenant_id: fixture.b.id, integration: 'openai', model: 'gpt-4o', meter: 'output', margin: '0.35' },
    ]
    for (const margin of margins) {
      const answer = await operate(`${method} /api/margins`, margin)
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ ...margin, state: 'in_force', author_key_id: fixture.operator.record.id })
    }
    expect(await listed()).toMatchObject(margins)
    expect(fixture.directoryChanges()).toBe(margins.length)
  })

  it('replace the one of exactly their scope, at once or later, and leave a history', async () => {
    await operate('POST /api/margins', { margin: '0.2' })
    await operate('POST /api/margins', { margin: '0.3' })
    await operate('POST /api/margins', { margin: '0.4', effective_from: later, note: 'new year' })
    expect((await listed()).map(({ margin, state }) => [margin, state])).toEqual([
      ['0.3', 'in_force'],
      ['0.4', 'scheduled'],
    ])
    expect((await listed('?history=true')).map(({ margin }) => margin)).toEqual(['0.2', '0.3', '0.4'])
  })

  it('are removed with those that were to come, and their history stays', async () => {
    await operate('POST /api/margins', { margin: '0.2' })
    await operate('POST /api/margins', { tenant_id: fixture.a.id, margin: '0.3' })
    await operate('POST /api/margins', { tenant_id: fixture.a.id, margin: '0.4', effective_from: later })
    const removed = await operate(`DELETE /api/margins?tenant_id=${fixture.a.id}`)
    expect(marginsSchema.parse(removed.body).margins.map(({ margin }) => margin)).toEqual(['0.3', '0.4'])
    const set = (await listed()).filter(({ margin }) => margin !== null)
    expect(set).toMatchObject([{ margin: '0.2', state: 'in_force' }])
    expect((await listed('?history=true')).map(({ margin }) => margin)).toEqual(['0.2', '0.3', null, '0.4', null])
    const again = await operate(`DELETE /api/margins?tenant_id=${fixture.a.id}`)
    expect([again.status, again.headers.get('vendo-error-code')]).toEqual([404, 'not_found'])
  })

  it.each([
    ['a tenant that does not exist', { tenant_id: 'tenant_none' }, '404 not_found', 'tenant_id'],
    ['an unknown integration', { integration: 'opnai' }, '404 provider_unknown', 'opnai'],
    ['an unknown meter', { meter: 'tokens' }, '400 validation_failed', 'cache_read'],
    ['a model of no integration', { model: 'gpt-4o' }, '400 validation_failed', 'integration'],
    ['less than nothing', { margin: '-1.1' }, '400 validation_failed', 'margin'],
    ['a margin in per cent', { margin: '20%' }, '400 validation_failed', 'margin'],
    ['a margin beyond reason', { margin: '1000.000001' }, '400 validation_failed', 'at most 1000'],
    ['a start in the past', { effective_from: '2026-01-01T00:00:00Z' }, '400 validation_failed', 'effective_from'],
  ])('refuse %s', async (_rule, change, refusal, named) => {
    const answer = await operate('POST /api/margins', { margin: '0.2', ...change })
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(refusal)
    expect(errorBodySchema.parse(answer.body).error.message).toContain(named)
    expect(fixture.directoryChanges()).toBe(0)
  })
})

describe('who sees list prices and margins', () => {
  const path = { calls: 'GET /api/calls', usage: 'GET /api/billing/usage?period=all', margins: 'GET /api/margins' }
  beforeEach(() =>
    fixture.store.topUp({
      id: 'top_1',
      tenantId: fixture.a.id,
      amountNanos: 1_000_000n,
      note: '',
      idempotencyKey: null,
    }),
  )
  const pooled = () => settleCall(fixture.store, fixture.a.app, { connectionId: fixture.a.connectionId })

  it('a key of a tenant sees what it pays, and nothing else', async () => {
    await pooled()
    for (const { key } of [fixture.a.app, fixture.a.management]) {
      const [call] = callsSchema.parse((await fixture.call(key, path.calls)).body).calls
      expect(call).toMatchObject({ list_nanos: null, cache_savings_nanos: null, charge_nanos: '1200' })
      expect(call?.lines).toEqual([
        { meter: 'input', quantity: 1, rate_usd: null, margin: null, list_nanos: null, charge_nanos: '1200' },
      ])
      const { total, groups } = usageSchema.parse((await fixture.call(key, path.usage)).body)
      for (const sums of [total, ...groups]) expect(sums).toMatchObject({ list_nanos: null, charge_nanos: '1200' })
    }
    const refused = await fixture.call(fixture.a.management.key, path.margins)
    expect([refused.status, refused.headers.get('vendo-error-code')]).toEqual([403, 'key_scope'])
  })

  it('an operator sees all, and so does a transparent tenant', async () => {
    await pooled()
    await operate('POST /api/margins', { margin: '0.2', note: 'secret plan' })
    await operate('POST /api/margins', { tenant_id: fixture.b.id, margin: '0.1' })
    const changed = await operate(`PATCH /api/tenants/${fixture.a.id}`, { transparent: true })
    expect(changed.body).toMatchObject({ id: fixture.a.id, transparent: true })
    for (const [key, query] of [
      [fixture.operator.key, `tenant=${fixture.a.id}`],
      [fixture.a.app.key, ''],
      [fixture.a.management.key, ''],
    ] as const) {
      const { calls } = callsSchema.parse((await fixture.call(key, `${path.calls}?${query}`)).body)
      expect(calls).toMatchObject([{ list_nanos: '1000', lines: [{ rate_usd: '1', margin: '0.2' }] }])
    }
    const { body } = await fixture.call(fixture.a.management.key, path.margins)
    expect(marginsSchema.parse(body).margins).toMatchObject([{ margin: '0.2', note: '', author_key_id: null }])
    await operate(`PATCH /api/tenants/${fixture.a.id}`, { transparent: false })
    expect((await fixture.call(fixture.a.management.key, path.margins)).status).toBe(403)
    expect((await operate('PATCH /api/tenants/tenant_none', { transparent: true })).status).toBe(404)
  })

  it('what ran on its own credential is its own', async () => {
    const ending = { walletNanos: 0n, spendNanos: 1_000n }
    await settleCall(fixture.store, fixture.a.app, { connectionId: fixture.a.connectionId, ending })
    const { body } = await fixture.call(fixture.a.app.key, path.calls)
    expect(callsSchema.parse(body).calls).toMatchObject([{ list_nanos: '1000', lines: [{ rate_usd: '1' }] }])
    const usage = await fixture.call(fixture.a.app.key, path.usage)
    expect(usageSchema.parse(usage.body).total).toMatchObject({ list_nanos: '1000', charge_nanos: '0' })
  })
})
