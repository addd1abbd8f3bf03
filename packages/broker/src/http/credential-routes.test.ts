import { bulkCredentialsSchema, credentialSchema, errorBodySchema } from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, canary, createApiFixture, now } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
})

const refusalOf = async (line: string, headers?: Record<string, string>) => {
  const answer = await fixture.call(fixture.a.app.key, line, undefined, headers)
  expect(errorBodySchema.parse(answer.body).error.slug).toBeDefined()
  return `${answer.status} ${answer.headers.get('vendo-error-code')}`
}

describe('GET /credentials/:slug', () => {
  it('gives the caller its own key and the proxy for a managed pool, never the pool', async () => {
    const { call, a } = fixture
    const answer = await call(a.app.key, 'GET /credentials/anthropic')
    expect(credentialSchema.parse(answer.body)).toEqual({
      access_token: a.app.key,
      token_type: 'Bearer',
      expires_at: null,
      base_url: 'http://127.0.0.1:8787/anthropic/v1',
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.text).not.toContain(canary)
  })

  it('does the same for a pasted key of an integration that the broker proxies', async () => {
    const { call, a, addConnection } = fixture
    await addConnection({ tenantId: a.id, integration: 'openai', profile: 'byok_static' }, a.appId)
    const answer = await call(a.app.key, 'GET /credentials/openai')
    expect(answer.body).toMatchObject({ access_token: a.app.key, base_url: 'http://127.0.0.1:8787/openai/v1' })
  })

  it("says when the caller's key expires", async () => {
    const { call, a, addKey } = fixture
    const { key } = await addKey({ tenantId: a.id, appId: a.appId, expiresAt: now + 60_000 })
    const answer = await call(key, 'GET /credentials/anthropic')
    expect(answer.body).toMatchObject({ access_token: key, expires_at: '2026-11-20T12:01:00.000Z' })
  })

  it.each([
    ['a pasted key', 'telegram', 'byok_static'],
    ['a grant that does not expire', 'notion', 'oauth_app_install'],
  ] as const)('gives the token itself for %s that the app uses directly', async (_what, integration, profile) => {
    const { call, a, addConnection } = fixture
    await addConnection({ tenantId: a.id, integration, profile }, a.appId)
    const answer = await call(a.app.key, `GET /credentials/${integration}`)
    expect(credentialSchema.parse(answer.body)).toEqual({
      access_token: canary,
      token_type: 'Bearer',
      expires_at: null,
      base_url: null,
    })
  })

  it.each([
    ['still lives', '2026-11-20T13:00:00.000Z', '200 null'],
    ['has expired', '2026-11-20T12:00:00.000Z', '401 connection_needs_reauth'],
  ])('tells of a rotating token that %s', async (_state, expires_at, outcome) => {
    const { call, a, addConnection } = fixture
    await addConnection(
      { tenantId: a.id, integration: 'slack', profile: 'oauth_refresh', metadata: { expires_at } },
      a.appId,
    )
    const answer = await call(a.app.key, 'GET /credentials/slack')
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(outcome)
    if (answer.status === 200) expect(answer.body).toMatchObject({ expires_at })
  })

  it('refuses an integration that the app is not bound to', async () => {
    await fixture.addConnection({ tenantId: fixture.a.id, integration: 'notion' })
    expect(await refusalOf('GET /credentials/notion')).toBe('403 binding_missing')
  })

  it.each([
    ['revoked', '403 connection_revoked'],
    ['needs_reauth', '401 connection_needs_reauth'],
  ] as const)('refuses a connection that is %s', async (status, refusal) => {
    const { store, a } = fixture
    await store.setConnectionStatus(a.connectionId, status)
    expect(await refusalOf('GET /credentials/anthropic')).toBe(refusal)
  })

  it('names the nearest slug for one that does not exist', async () => {
    const answer = await fixture.call(fixture.a.app.key, 'GET /credentials/antropic')
    expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([404, 'provider_unknown'])
    expect(errorBodySchema.parse(answer.body).error.suggested_fix).toContain('"anthropic"')
  })

  it('refuses an integration outside the limits of the key', async () => {
    const { call, a, addKey } = fixture
    const { key } = await addKey({ tenantId: a.id, appId: a.appId, limits: { integrations: ['openai'] } })
    const answer = await call(key, 'GET /credentials/anthropic')
    expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([403, 'key_scope'])
  })
})

describe('one of several connections', () => {
  const two = async () => {
    const { a, addConnection } = fixture
    const first = await addConnection({ tenantId: a.id, integration: 'notion', metadata: { n: 1 } }, a.appId)
    const second = await addConnection({ tenantId: a.id, integration: 'notion', metadata: { n: 2 } }, a.appId)
    return [first.id, second.id] as const
  }

  it('is the oldest binding, as long as that works', async () => {
    const [first, second] = await two()
    await fixture.store.setConnectionStatus(second, 'revoked')
    expect((await fixture.call(fixture.a.app.key, 'GET /credentials/notion')).status).toBe(200)
    await fixture.store.setConnectionStatus(first, 'revoked')
    expect(await refusalOf('GET /credentials/notion')).toBe('403 connection_revoked')
  })

  it('is the one in X-Vendo-Connection', async () => {
    const [first, second] = await two()
    await fixture.store.setConnectionStatus(first, 'needs_reauth')
    expect(await refusalOf('GET /credentials/notion', { 'x-vendo-connection': first })).toBe(
      '401 connection_needs_reauth',
    )
    const answer = await fixture.call(fixture.a.app.key, 'GET /credentials/notion', undefined, {
      'x-vendo-connection': second,
    })
    expect(answer.status).toBe(200)
  })

  it("is never another tenant's", async () => {
    const headers = { 'x-vendo-connection': fixture.b.connectionId }
    expect(await refusalOf('GET /credentials/anthropic', headers)).toBe('403 binding_missing')
  })
})

describe('GET /credentials/_bulk', () => {
  it('answers null for every slug that the app cannot use now', async () => {
    const { call, a, addConnection } = fixture
    await addConnection({ tenantId: a.id, integration: 'telegram', profile: 'byok_static' }, a.appId)
    await addConnection({ tenantId: a.id, integration: 'slack', status: 'needs_reauth' }, a.appId)
    const answer = await call(a.app.key, 'GET /credentials/_bulk?slugs=anthropic,telegram,slack,notion,no-such-thing')
    const { tokens } = bulkCredentialsSchema.parse(answer.body)
    expect(tokens).toMatchObject({
      anthropic: { access_token: a.app.key },
      telegram: { access_token: canary },
      slack: null,
      notion: null,
      'no-such-thing': null,
    })
  })

  it('takes a name of the language itself for a slug like any other', async () => {
    const answer = await fixture.call(fixture.a.app.key, 'GET /credentials/_bulk?slugs=__proto__,constructor')
    expect(answer.text).toBe('{"tokens":{"__proto__":null,"constructor":null}}')
  })

  it.each(['', '?slugs=', '?slugs=,,', `?slugs=${Array.from({ length: 101 }, (_, index) => `s${index}`)}`])(
    'refuses %.20s',
    async (query) => {
      const answer = await fixture.call(fixture.a.app.key, `GET /credentials/_bulk${query}`)
      expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([400, 'validation_failed'])
      expect(errorBodySchema.parse(answer.body).error.message).toContain('`slugs`')
    },
  )
})
