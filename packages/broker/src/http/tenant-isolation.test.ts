import { createdKeySchema } from '@vendo/contract/api'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture, settleCall } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeAll(async () => {
  fixture = await createApiFixture()
  const { store, a, b } = fixture
  for (const tenant of [a, b]) {
    const id = `topup_of_${tenant.id}`
    await store.topUp({ id, tenantId: tenant.id, amountNanos: 1_000_000n, note: '', idempotencyKey: null })
    await settleCall(store, tenant.app, { attemptId: `attempt_of_${tenant.id}`, connectionId: tenant.connectionId })
    await store.setTransparent(tenant.id, true)
    await store.addMargins([
      { tenantId: tenant.id, margin: '0.1', effectiveFrom: 0, createdAt: 0, authorKeyId: null, note: '' },
    ])
  }
})

const idsOf = ({ id, appId, connectionId, app, connection, management }: ApiFixture['a']): string[] => [
  ...[id, appId, connectionId, `attempt_of_${id}`],
  ...[app.record.id, connection.record.id, management.record.id],
]

const lists = [
  'GET /api/apps',
  'GET /api/connections',
  'GET /api/bindings',
  'GET /api/keys',
  'GET /api/calls',
  'GET /api/margins',
  'GET /api/billing/balance',
  ...['model', 'integration', 'key', 'app', 'day'].map((by) => `GET /api/billing/usage?group_by=${by}&period=all`),
]

/** Ids as whole JSON strings, so that `app_1` is not found inside `app_11`. */
const mentions = (text: string, ids: readonly string[]) => ids.filter((id) => text.includes(JSON.stringify(id)))

describe("a tenant's management key", () => {
  it.each(lists)('%s shows its own tenant and nothing of another', async (line) => {
    const { call, a, b } = fixture
    const [mine, theirs] = await Promise.all([a, b].map(({ management }) => call(management.key, line)))
    expect([mine!.status, theirs!.status]).toEqual([200, 200])
    expect(mentions(mine!.text, idsOf(b))).toEqual([])
    expect(mentions(theirs!.text, idsOf(a))).toEqual([])
  })

  it('does see its own in these lists', async () => {
    const { call, a } = fixture
    const texts = await Promise.all(lists.map(async (line) => (await call(a.management.key, line)).text))
    expect(mentions(texts.join('\n'), idsOf(a)).sort()).toEqual(idsOf(a).sort())
  })

  it.each(lists)('%s refuses another tenant by name, whether it exists or not', async (line) => {
    const { call, a, b } = fixture
    for (const other of [b.id, 'tenant_none']) {
      const answer = await call(a.management.key, `${line}${line.includes('?') ? '&' : '?'}tenant=${other}`)
      // Margins are not per tenant, so that list takes no tenant at all.
      if (line !== 'GET /api/margins') {
        expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([403, 'key_scope'])
      }
      expect(mentions(answer.text, idsOf(b))).toEqual([])
    }
  })

  it("cannot tell another tenant's record from one that does not exist", async () => {
    const { call, a, b } = fixture
    const both = async (line: (id: string) => string, theirs: string, body?: (id: string) => unknown) => {
      const [foreign, missing] = await Promise.all(
        [theirs, 'none'].map((id) => call(a.management.key, line(id), body?.(id))),
      )
      const withoutRequestId = (text: string) => text.replace(/"request_id":"[^"]*"/, '').replaceAll(theirs, 'none')
      expect(foreign!.status).toBe(404)
      expect(withoutRequestId(foreign!.text)).toBe(withoutRequestId(missing!.text))
    }
    await both((id) => `DELETE /api/keys/${id}`, b.app.record.id)
    await both((id) => `DELETE /api/connections/${id}`, b.connectionId)
    await both((id) => `GET /api/tenants/${id}/limits`, b.id)
    await both((id) => `GET /api/apps/${id}/limits`, b.appId)
    await both(
      (id) => `PUT /api/apps/${id}/limits`,
      b.appId,
      () => ({ concurrency: 1 }),
    )
    await both(
      (id) => `PATCH /api/keys/${id}`,
      b.app.record.id,
      () => ({ name: 'taken over' }),
    )
    await both((id) => `DELETE /api/bindings?app_id=${id}&connection_id=${b.connectionId}`, b.appId)
    await both((id) => `GET /api/billing/spend-caps?key_id=${id}`, b.app.record.id)
    await both(
      () => 'POST /api/keys',
      b.appId,
      (app_id) => ({ app_id }),
    )
    await both(
      () => 'POST /api/keys',
      b.connectionId,
      (connection_id) => ({ connection_id }),
    )
    await both(
      () => 'POST /api/bindings',
      b.connectionId,
      (connection_id) => ({ app_id: a.appId, connection_id }),
    )
    await both(
      () => 'POST /api/bindings',
      b.appId,
      (app_id) => ({ app_id, connection_id: a.connectionId }),
    )
    await both(
      () => 'POST /api/connections',
      b.appId,
      (id) => ({ integration: 'notion', secret: 'test-token', bind: [id] }),
    )
    expect(await fixture.store.getKey(b.app.record.id)).toMatchObject({ revokedAt: null, name: '' })
    expect((await fixture.store.getConnection(b.connectionId))?.status).toBe('connected')
  })

  it('makes keys of its own tenant only', async () => {
    const { call, a } = fixture
    const answer = await call(a.management.key, 'POST /api/keys', { kind: 'management' })
    expect(createdKeySchema.parse(answer.body)).toMatchObject({ tenant_id: a.id, scope: 'tenant' })
  })
})

describe('an operator key', () => {
  it('names the tenant as soon as there are two', async () => {
    const { call, operator, a } = fixture
    const unnamed = await call(operator.key, 'GET /api/apps')
    expect([unnamed.status, unnamed.headers.get('vendo-error-code')]).toEqual([400, 'validation_failed'])
    expect(unnamed.text).toContain('`tenant`')
    const named = await call(operator.key, `GET /api/apps?tenant=${a.id}`)
    expect(named.body).toMatchObject({ apps: [{ id: a.appId }] })
    const unknown = await call(operator.key, 'GET /api/apps?tenant=tenant_none')
    expect([unknown.status, unknown.headers.get('vendo-error-code')]).toEqual([404, 'not_found'])
  })
})
