import {
  appSchema,
  bindingSchema,
  connectionSchema,
  createdKeySchema,
  deploymentConnectionsSchema,
  deploymentSchema,
  errorBodySchema,
  keySchema,
  tenantSchema,
} from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hashKey } from '../keys/hash-key.ts'
import { type ApiFixture, canary, createApiFixture } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
})

const manage = (line: string, body?: unknown) => fixture.call(fixture.a.management.key, line, body)
const refusalOf = async (line: string, body?: unknown) => {
  const answer = await manage(line, body)
  return `${answer.status} ${answer.headers.get('vendo-error-code')}`
}

describe('tenants and apps', () => {
  it('are created and listed', async () => {
    const { call, operator, a } = fixture
    const tenant = tenantSchema.parse((await call(operator.key, 'POST /api/tenants', { name: ' third ' })).body)
    expect(tenant.name).toBe('third')
    const listed = z
      .object({ tenants: z.array(tenantSchema) })
      .parse((await call(operator.key, 'GET /api/tenants')).body)
    expect(listed.tenants).toContainEqual(tenant)
    const app = appSchema.parse((await manage('POST /api/apps', { name: 'bot' })).body)
    expect(app.tenant_id).toBe(a.id)
    expect(fixture.directoryChanges()).toBe(2)
  })

  it.each([{}, { name: '' }, { name: ' ' }, { name: 'x'.repeat(101) }, { name: 'x', extra: 1 }, [], null, 'text'])(
    'refuse %j',
    async (body) => {
      expect(await refusalOf('POST /api/apps', JSON.stringify(body))).toBe('400 validation_failed')
    },
  )
})

describe('connections', () => {
  it('keep their secret', async () => {
    const secret = 'test-upstream-key'
    const answer = await manage('POST /api/connections', { integration: 'openai', secret })
    expect(answer.status).toBe(201)
    const connection = connectionSchema.parse(answer.body)
    expect(connection).toMatchObject({ profile: 'byok_static', name: 'OpenAI', status: 'connected', metadata: {} })
    expect(answer.text + (await manage('GET /api/connections')).text).not.toContain(secret)
    expect(JSON.stringify(await fixture.store.getConnection(connection.id))).not.toContain(secret)
  })

  it('show no metadata that the catalog calls a secret', async () => {
    const metadata = { telegram_bot_id: '7', telegram_signing_secret: 'test-signing-secret' }
    const answer = await manage('POST /api/connections', { integration: 'telegram', secret: 'test-token', metadata })
    expect(connectionSchema.parse(answer.body).metadata).toEqual({
      telegram_bot_id: '7',
      telegram_signing_secret: '[redacted]',
    })
  })

  it.each([
    ['bind: "all"', 'all'],
    ['bind: a list', 'list'],
  ])('are usable at once with %s', async (_rule, how) => {
    const { call, a } = fixture
    const bind = how === 'all' ? 'all' : [a.appId]
    await manage('POST /api/connections', { integration: 'notion', secret: 'test-token', bind })
    expect((await call(a.app.key, 'GET /credentials/notion')).status).toBe(200)
  })

  it('are not created when an app to bind does not exist', async () => {
    const body = { integration: 'notion', secret: 'test-token', bind: [fixture.a.appId, 'app_none'] }
    expect(await refusalOf('POST /api/connections', body)).toBe('404 not_found')
    expect(await fixture.store.listConnections(fixture.a.id)).toHaveLength(1)
  })

  it.each([
    ['an unknown integration', { integration: 'opnai' }, '404 provider_unknown'],
    ['a profile it does not have', { profile: 'oauth_refresh' }, '400 validation_failed'],
    ['a profile that does not exist', { profile: 'magic' }, '400 validation_failed'],
    ['an empty secret', { secret: ' ' }, '400 validation_failed'],
    ['a secret of two lines', { secret: 'test\r\nx-injected: 1' }, '400 validation_failed'],
    ['a Vendo key as the secret', { secret: 'vendo_sk_not-an-upstream-key' }, '400 validation_failed'],
  ])('refuse %s without repeating the secret', async (_rule, change, refusal) => {
    const body = { integration: 'openai', secret: canary, ...change }
    const answer = await manage('POST /api/connections', body)
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(refusal)
    if (body.secret.trim() !== '') expect(answer.text).not.toContain(body.secret)
  })

  it('are revoked once and for all', async () => {
    const { call, a } = fixture
    const answer = await manage(`DELETE /api/connections/${a.connectionId}`)
    expect(connectionSchema.parse(answer.body).status).toBe('revoked')
    expect((await call(a.app.key, 'GET /credentials/anthropic')).headers.get('vendo-error-code')).toBe(
      'connection_revoked',
    )
    expect((await manage(`DELETE /api/connections/${a.connectionId}`)).status).toBe(200)
    expect(await refusalOf('POST /api/bindings', { app_id: a.appId, connection_id: a.connectionId })).toBe(
      '403 connection_revoked',
    )
    expect(await refusalOf('POST /api/keys', { connection_id: a.connectionId })).toBe('403 connection_revoked')
  })
})

describe('bindings', () => {
  const address = () => `app_id=${fixture.a.appId}&connection_id=${fixture.a.connectionId}`

  it('are deny by default, created twice as once, listed and deleted', async () => {
    const { a, call } = fixture
    const body = { app_id: a.appId, connection_id: a.connectionId }
    expect((await manage(`DELETE /api/bindings?${address()}`)).status).toBe(200)
    expect((await call(a.app.key, 'GET /credentials/anthropic')).headers.get('vendo-error-code')).toBe(
      'binding_missing',
    )
    for (const _again of [1, 2]) {
      const answer = await manage('POST /api/bindings', body)
      expect(answer.status).toBe(201)
      expect(bindingSchema.parse(answer.body)).toMatchObject(body)
    }
    const listed = z.object({ bindings: z.array(bindingSchema) }).parse((await manage('GET /api/bindings')).body)
    expect(listed.bindings).toMatchObject([body])
  })

  it('that do not exist cannot be deleted', async () => {
    await manage(`DELETE /api/bindings?${address()}`)
    expect(await refusalOf(`DELETE /api/bindings?${address()}`)).toBe('404 not_found')
    expect(await refusalOf('DELETE /api/bindings')).toBe('400 validation_failed')
  })

  it('of an exclusive integration serve one app only', async () => {
    const { a, addConnection } = fixture
    const { id } = await addConnection({ tenantId: a.id, integration: 'telegram' }, a.appId)
    const other = appSchema.parse((await manage('POST /api/apps', { name: 'other' })).body)
    expect((await manage('POST /api/bindings', { app_id: a.appId, connection_id: id })).status).toBe(201)
    expect(await refusalOf('POST /api/bindings', { app_id: other.id, connection_id: id })).toBe('400 validation_failed')
    const all = { integration: 'telegram', secret: 'test-token', bind: 'all' }
    expect(await refusalOf('POST /api/connections', all)).toBe('400 validation_failed')
  })
})

describe('keys', () => {
  it('are shown once, kept as a hash, and work', async () => {
    const { a, call, store } = fixture
    const limits = { spend_day_usd: '0.05', models: ['claude-haiku-*'] }
    const answer = await manage('POST /api/keys', { app_id: a.appId, name: 'bot', limits })
    expect(answer.status).toBe(201)
    const created = createdKeySchema.parse(answer.body)
    expect(created).toMatchObject({ kind: 'inference', scope: 'app', app_id: a.appId, limits, expires_at: null })
    expect((await store.getKey(created.id))?.hash).toBe(hashKey(created.key))
    expect((await manage('GET /api/keys')).text).not.toContain(created.key)
    expect((await call(created.key, 'GET /api/billing/balance')).status).toBe(200)
  })

  it.each([
    ['an app that does not exist', { app_id: 'app_none' }, '404 not_found', 'app_id'],
    [
      'a connection that does not exist',
      { app_id: undefined, connection_id: 'none' },
      '404 not_found',
      'connection_id',
    ],
    ['neither', { app_id: undefined }, '400 validation_failed', 'app_id'],
    ['both', { connection_id: 'c' }, '400 validation_failed', 'exactly one'],
    ['an app for a management key', { kind: 'management' }, '400 validation_failed', 'app_id'],
    [
      'limits for a management key',
      { kind: 'management', app_id: undefined, limits: { concurrency: 1 } },
      '400 validation_failed',
      'limits',
    ],
    ['an expiry now', { expires_at: '2026-11-20T12:00:00Z' }, '400 validation_failed', 'expires_at'],
    ['no instant', { expires_at: 'soon' }, '400 validation_failed', 'expires_at'],
    ['an unknown integration', { limits: { integrations: ['opnai'] } }, '400 validation_failed', 'limits.integrations'],
    ['a cap that is no money', { limits: { spend_day_usd: '5 EUR' } }, '400 validation_failed', 'limits.spend_day_usd'],
    ['a cap beyond money', { limits: { spend_day_usd: '9'.repeat(30) } }, '400 validation_failed', 'spend_day_usd'],
    ['an unknown limit', { limits: { spend: '1' } }, '400 validation_failed', 'limits'],
  ])('refuse %s', async (_rule, body, refusal, named) => {
    const answer = await manage('POST /api/keys', { app_id: fixture.a.appId, ...body })
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(refusal)
    expect(errorBodySchema.parse(answer.body).error.message).toContain(named)
  })

  it('are revoked at once, and keep the first instant', async () => {
    const { a, call } = fixture
    const revoked = keySchema.parse((await manage(`DELETE /api/keys/${a.app.record.id}`)).body)
    expect(revoked.revoked_at).toBe('2026-11-20T12:00:00.000Z')
    expect((await call(a.app.key, 'GET /api/billing/balance')).headers.get('vendo-error-code')).toBe('app_revoked')
    expect((await manage(`DELETE /api/keys/${a.app.record.id}`)).status).toBe(200)
  })

  it('of the operator are listed and revoked by operators alone', async () => {
    const { call, operator } = fixture
    const answer = await call(operator.key, 'GET /api/keys?scope=operator')
    const { keys } = z.object({ keys: z.array(keySchema) }).parse(answer.body)
    expect(keys.map(({ id }) => id)).toEqual([operator.record.id])
    expect(await refusalOf('GET /api/keys?scope=operator')).toBe('403 key_scope')
    expect(await refusalOf(`DELETE /api/keys/${operator.record.id}`)).toBe('404 not_found')
  })
})

describe('an app about itself', () => {
  it('learns who it is and what it is bound to, never a secret', async () => {
    const { a, call } = fixture
    expect(deploymentSchema.parse((await call(a.app.key, 'GET /api/deployments/me')).body)).toEqual({
      id: a.appId,
      name: 'tenant-a app',
      tenant_id: a.id,
      key_id: a.app.record.id,
    })
    const answer = await call(a.app.key, 'GET /api/deployments/me/connections')
    const { connections } = deploymentConnectionsSchema.parse(answer.body)
    expect(connections).toMatchObject([{ id: a.connectionId, slug: 'anthropic', status: 'connected', category: 'ai' }])
    expect(answer.text).not.toContain(canary)
  })
})
