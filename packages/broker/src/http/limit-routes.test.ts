import { errorBodySchema, keySchema, scopeLimitsSchema } from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture, now, settleCall } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
  const { store, a } = fixture
  await store.topUp({ id: 'topup_seed', tenantId: a.id, amountNanos: 1_000_000n, note: '', idempotencyKey: null })
  await settleCall(store, a.app, { connectionId: a.connectionId, chargeNanos: 1_200n })
})

const codeOf = ({ status, headers }: Awaited<ReturnType<ApiFixture['call']>>) =>
  `${status} ${headers.get('vendo-error-code')}`

const use = {
  ...{ spend_day_nanos: '1200', spend_month_nanos: '1200', spend_total_nanos: '1200' },
  ...{ requests_minute: null, tokens_minute: null, running: null },
}

/** What was never limited is not counted. */
const counted = { running: 0, requests_minute: 1 }

describe('limits that keys share', () => {
  it.each([
    ['app', 'management'],
    ['app', 'operator'],
    ['tenant', 'operator'],
  ] as const)('of an %s are set by a %s key, and shown with what counts', async (scope, who) => {
    const { call, a, operator } = fixture
    const author = who === 'operator' ? operator : a.management
    const id = scope === 'app' ? a.appId : a.id
    const address = `/api/${scope}s/${id}/limits`
    const query = scope === 'app' && who === 'operator' ? `?tenant=${a.id}` : ''
    const before = scopeLimitsSchema.parse((await call(a.management.key, `GET ${address}`)).body)
    expect(before).toEqual({ scope, id, limits: {}, changed_at: null, changed_by: null, use })
    const limits = { spend_day_usd: '0.000002', concurrency: 4, requests_per_minute: 9 }
    const answer = await call(author.key, `PUT ${address}${query}`, limits)
    expect(answer.status).toBe(200)
    const set = {
      limits,
      changed_at: '2026-11-20T12:00:00.000Z',
      changed_by: author.record.id,
      use: { ...use, ...counted },
    }
    expect(answer.body).toEqual({ scope, id, ...set })
    expect((await call(a.management.key, `GET ${address}`)).body).toEqual(answer.body)
  })

  it('stop the next call that would go beyond them', async () => {
    const { call, a, store } = fixture
    await call(a.management.key, `PUT /api/apps/${a.appId}/limits`, { spend_month_usd: '0.000006' })
    await expect(settleCall(store, a.app, { connectionId: a.connectionId, attemptId: 'attempt_2' })).rejects.toThrow(
      'spend_cap_monthly',
    )
  })

  it.each([
    ['no money', { spend_day_usd: '5 EUR' }, 'spend_day_usd'],
    ['a cap beyond money', { spend_total_usd: '9'.repeat(30) }, 'spend_total_usd'],
    ['no concurrency', { concurrency: 0 }, 'concurrency'],
    ['a limit of keys alone', { models: ['*'] }, 'models'],
    ['no limits at all', [], 'body'],
  ])('refuse %s', async (_rule, limits, named) => {
    const { call, a, operator } = fixture
    for (const [key, address] of [
      [a.management.key, `/api/apps/${a.appId}/limits`],
      [operator.key, `/api/tenants/${a.id}/limits`],
    ]) {
      const answer = await call(key, `PUT ${address}`, limits)
      expect(codeOf(answer)).toBe('400 validation_failed')
      expect(errorBodySchema.parse(answer.body).error.message).toContain(named)
    }
  })

  it('of a tenant that does not exist are not found', async () => {
    const { call, operator } = fixture
    expect(codeOf(await call(operator.key, 'PUT /api/tenants/none/limits', {}))).toBe('404 not_found')
    expect(codeOf(await call(operator.key, 'GET /api/tenants/none/limits'))).toBe('404 not_found')
  })
})

describe('PATCH /api/keys', () => {
  const patch = (id: string, body: unknown) => fixture.call(fixture.a.management.key, `PATCH /api/keys/${id}`, body)

  it('changes what is named and keeps the rest', async () => {
    const { a, addKey } = fixture
    const { record } = await addKey({ tenantId: a.id, appId: a.appId, name: 'old', limits: { concurrency: 2 } })
    const steps = [
      [{ name: 'new' }, { name: 'new', limits: { concurrency: 2 }, expires_at: null }],
      [{ expires_at: '2026-12-01T00:00:00.000Z' }, { name: 'new', expires_at: '2026-12-01T00:00:00.000Z' }],
      [{ limits: { models: ['claude-*'] } }, { limits: { models: ['claude-*'] } }],
      [{ expires_at: null }, { name: 'new', limits: { models: ['claude-*'] }, expires_at: null }],
    ] as const
    for (const [change, expected] of steps) {
      const answer = await patch(record.id, change)
      expect(answer.status).toBe(200)
      expect(keySchema.parse(answer.body)).toMatchObject(expected)
    }
    expect(fixture.directoryChanges()).toBe(steps.length)
  })

  it('takes effect at the next call, with what was spent before', async () => {
    const { a, store } = fixture
    await patch(a.app.record.id, { limits: { spend_day_usd: '0.000005' } })
    await expect(settleCall(store, a.app, { connectionId: a.connectionId, attemptId: 'attempt_2' })).rejects.toThrow(
      'spend_cap_daily',
    )
  })

  it.each([
    ['nothing', {}, 'must change something'],
    ['an unknown field', { kind: 'management' }, 'kind'],
    ['an unknown integration', { limits: { integrations: ['opnai'] } }, 'limits.integrations'],
    ['a cap beyond money', { limits: { spend_day_usd: '9'.repeat(30) } }, 'limits.spend_day_usd'],
    ['an expiry in the past', { expires_at: '2026-11-20T12:00:00.000Z' }, 'expires_at'],
    ['an empty name', { name: ' ' }, 'name'],
  ])('refuses %s', async (_rule, change, named) => {
    const answer = await patch(fixture.a.app.record.id, change)
    expect(codeOf(answer)).toBe('400 validation_failed')
    expect(errorBodySchema.parse(answer.body).error.message).toContain(named)
  })

  it('refuses limits of a management key, and a revoked key', async () => {
    const { a, addKey } = fixture
    expect(codeOf(await patch(a.management.record.id, { limits: { concurrency: 1 } }))).toBe('400 validation_failed')
    const { record } = await addKey({ tenantId: a.id, appId: a.appId, revokedAt: now })
    expect(codeOf(await patch(record.id, { name: 'again' }))).toBe('400 validation_failed')
    expect(codeOf(await patch('none', { name: 'again' }))).toBe('404 not_found')
  })
})
