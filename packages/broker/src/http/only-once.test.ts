import { createdKeySchema, errorBodySchema } from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture, settleCall } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
  const { store, a } = fixture
  await store.topUp({ id: 'topup_seed', tenantId: a.id, amountNanos: 1_000_000n, note: '', idempotencyKey: null })
  await settleCall(store, a.app, {
    ...{ connectionId: a.connectionId, attemptId: 'guessed' },
    ending: { state: 'estimated', reason: 'client_gone', lines: [] },
  })
})

type Who = 'operator' | 'management'
const send = (who: Who, line: string, body: unknown, idempotencyKey = 'order-1') => {
  const key = who === 'operator' ? fixture.operator.key : fixture.a.management.key
  return fixture.call(key, line, body, { 'idempotency-key': idempotencyKey })
}
const codeOf = ({ status, headers }: Awaited<ReturnType<typeof send>>) => `${status} ${headers.get('vendo-error-code')}`

const models = { data: [{ id: 'v/m', context_length: 1_000, pricing: { prompt: '0.000001', completion: '0.000002' } }] }

/** Every write that creates something: who asks, the address, the body, and the body of another request. */
const writes: readonly (readonly [Who, string, () => string, () => object, object])[] = [
  ['operator', 'tenants', () => '/api/tenants', () => ({ name: 'third' }), { name: 'fourth' }],
  ['management', 'apps', () => '/api/apps', () => ({ name: 'bot' }), { name: 'other' }],
  [
    ...(['management', 'connections', () => '/api/connections'] as const),
    () => ({ integration: 'notion', secret: 'test-token', bind: 'all' }),
    { integration: 'notion', secret: 'test-other-token' },
  ],
  [
    ...(['management', 'bindings', () => '/api/bindings'] as const),
    () => ({ app_id: fixture.a.appId, connection_id: fixture.a.connectionId }),
    { app_id: 'none', connection_id: 'none' },
  ],
  [
    ...(['operator', 'top-ups', () => `/api/billing/topups?tenant=${fixture.a.id}`] as const),
    () => ({ amount_usd: '1' }),
    { amount_usd: '2' },
  ],
  ['operator', 'refunds', () => '/api/calls/guessed/refund', () => ({ reason: 'outage' }), { reason: 'another' }],
  ['operator', 'imports', () => '/api/rates/openrouter/import', () => models, { data: [] }],
]

const everything = async () => {
  const { store, a } = fixture
  const lists = [store.listTenants(), store.listApps(a.id), store.listConnections(a.id), store.listBindings(a.id)]
  return [...(await Promise.all(lists)), await store.balance(a.id), await store.listRateOverrides()]
}

describe('a repeated request with one Idempotency-Key', () => {
  it.each(writes)('%s: %s are made once and answered as the first time', async (who, _what, address, body, other) => {
    const first = await send(who, `POST ${address()}`, body())
    expect(first.status).toBeLessThan(300)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    const after = await everything()
    const again = await send(who, `POST ${address()}`, body())
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([
      ...[first.status, first.text, 'true'],
    ])
    expect(again.headers.get('x-vendo-request-id')).not.toBe(first.headers.get('x-vendo-request-id'))
    expect(codeOf(await send(who, `POST ${address()}`, other))).toBe('409 idempotency_conflict')
    expect(await everything()).toEqual(after)
  })

  it.each(writes)('%s: %s at the same time are made once', async (who, _what, address, body) => {
    const answers = await Promise.all([1, 2, 3].map(() => send(who, `POST ${address()}`, body())))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
  })

  it('does not get a created key again, but learns which one it was', async () => {
    const body = { app_id: fixture.a.appId, name: 'bot' }
    const first = createdKeySchema.parse((await send('management', 'POST /api/keys', body)).body)
    const again = await send('management', 'POST /api/keys', body)
    expect(codeOf(again)).toBe('409 idempotency_conflict')
    expect(errorBodySchema.parse(again.body).error.message).toContain(`created ${first.id} (${first.display})`)
    expect(again.text).not.toContain(first.key)
    expect((await fixture.store.listKeys(fixture.a.id)).filter(({ name }) => name === 'bot')).toHaveLength(1)
    expect(JSON.stringify(await fixture.store.findAnswer(`tenant:${fixture.a.id}`, 'order-1'))).not.toContain(first.key)
  })

  it('keeps no secret of a connection', async () => {
    const secret = 'test-upstream-secret'
    await send('management', 'POST /api/connections', { integration: 'notion', secret })
    const kept = await fixture.store.findAnswer(`tenant:${fixture.a.id}`, 'order-1')
    expect(kept?.status).toBe(201)
    expect(JSON.stringify(kept)).not.toContain(secret)
  })
})

describe('an Idempotency-Key', () => {
  it('of a request that was refused can be used again', async () => {
    expect(codeOf(await send('management', 'POST /api/apps', { name: '' }))).toBe('400 validation_failed')
    expect((await send('management', 'POST /api/apps', { name: 'bot' })).status).toBe(201)
  })

  it('belongs to the tenant, not to the key or to other tenants', async () => {
    const { call, a, b, addKey } = fixture
    const header = { 'idempotency-key': 'order-1' }
    const second = await addKey({ tenantId: a.id, kind: 'management', scope: 'tenant' })
    const first = await call(a.management.key, 'POST /api/apps', { name: 'bot' }, header)
    expect((await call(second.key, 'POST /api/apps', { name: 'bot' }, header)).text).toBe(first.text)
    const foreign = await call(b.management.key, 'POST /api/apps', { name: 'bot' }, header)
    expect([foreign.status, foreign.text === first.text]).toEqual([201, false])
  })

  it('is bound to the address', async () => {
    await send('management', 'POST /api/apps', { name: 'bot' })
    expect(codeOf(await send('management', 'POST /api/keys', { name: 'bot' }))).toBe('409 idempotency_conflict')
  })

  it.each([' ', 'x'.repeat(201)])('%j is refused', async (idempotencyKey) => {
    const answer = await send('management', 'POST /api/apps', { name: 'bot' }, idempotencyKey)
    expect(codeOf(answer)).toBe('400 validation_failed')
    expect(answer.text).toContain('idempotency-key')
  })

  it('is not looked at before the key of the caller', async () => {
    await send('management', 'POST /api/apps', { name: 'bot' })
    const body = { name: 'bot' }
    const answer = await fixture.call(fixture.a.app.key, 'POST /api/apps', body, { 'idempotency-key': 'order-1' })
    expect(codeOf(answer)).toBe('403 key_scope')
  })
})
