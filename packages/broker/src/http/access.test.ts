import { errorBodySchema } from '@vendo/contract/api'
import { beforeAll, describe, expect, it } from 'vitest'
import { mintKey } from '../keys/mint-key.ts'
import { accessTable, filledIn, publicAddresses } from './test/access-table.ts'
import { type ApiFixture, createApiFixture, now, type TestKey } from './test/api-fixture.ts'

let fixture: ApiFixture
let keys: Record<'app' | 'connection' | 'tenant' | 'operator', TestKey>

beforeAll(async () => {
  fixture = await createApiFixture()
  const { a, operator } = fixture
  keys = { app: a.app, connection: a.connection, tenant: a.management, operator }
})

const rows = Object.entries(accessTable).map(([line, scopes]) => ({ line, scopes }))

describe('who may call what', () => {
  it('names every address of the OpenAPI document', () => {
    const documented = fixture.api.openAPIRegistry.definitions.flatMap((definition) =>
      definition.type === 'route' ? `${definition.route.method.toUpperCase()} ${definition.route.path}` : [],
    )
    expect(documented.sort()).toEqual([...Object.keys(accessTable), ...publicAddresses].sort())
  })

  it.each(rows)('$line takes $scopes and refuses every other key with key_scope', async ({ line, scopes }) => {
    for (const scope of ['app', 'connection', 'tenant', 'operator'] as const) {
      const answer = await fixture.call(keys[scope].key, filledIn(line))
      if (scopes.includes(scope)) {
        expect(answer.headers.get('vendo-error-code'), scope).not.toBe('key_scope')
        expect(answer.status, scope).not.toBe(401)
      } else {
        expect([answer.status, answer.headers.get('vendo-error-code')], scope).toEqual([403, 'key_scope'])
      }
    }
  })

  it.each(rows)('$line refuses a request without a key', async ({ line }) => {
    const answer = await fixture.call(undefined, filledIn(line))
    expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([401, 'app_unknown'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it.each([...publicAddresses, 'GET /api/openapi.json'])('%s needs no key and looks at none', async (line) => {
    for (const key of [undefined, 'vendo_sk_mistyped']) {
      expect((await fixture.call(key, filledIn(line))).status).toBe(200)
    }
  })
})

describe('a key that is no good', () => {
  const refusalOf = async (key: string, headers: Record<string, string> = {}) => {
    const answer = await fixture.call(key, 'GET /api/billing/balance', undefined, headers)
    const { error } = errorBodySchema.parse(answer.body)
    expect(answer.headers.get('vendo-error-code')).toBe(error.code)
    expect(answer.headers.get('x-vendo-request-id')).toBe(error.request_id)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.text).not.toContain(key)
    return `${answer.status} ${error.code}`
  }

  it('is refused when it is mistyped, before the store is asked', async () => {
    expect(await refusalOf(`${keys.app.key.slice(0, -1)}!`)).toBe('401 app_unknown')
  })

  it('is refused when nobody knows it', async () => {
    expect(await refusalOf(mintKey('inference').key.reveal())).toBe('401 app_unknown')
  })

  it('is refused when it was revoked', async () => {
    const { a, addKey } = fixture
    expect(await refusalOf((await addKey({ tenantId: a.id, appId: a.appId, revokedAt: now })).key)).toBe(
      '401 app_revoked',
    )
  })

  it.each([
    ['at its very instant', now, '401 app_expired'],
    ['before', now - 1, '401 app_expired'],
  ])('is refused when it expired %s', async (_when, expiresAt, refusal) => {
    const { a, addKey } = fixture
    expect(await refusalOf((await addKey({ tenantId: a.id, appId: a.appId, expiresAt })).key)).toBe(refusal)
  })

  it('is refused when another Vendo key stands beside it', async () => {
    expect(await refusalOf(keys.app.key, { 'x-api-key': fixture.b.app.key })).toBe('400 key_conflict')
  })
})

describe('a key in another header', () => {
  it.each(['x-api-key', 'api-key', 'x-goog-api-key', 'x-vendo-key', 'x-bf-vk'])('is found in %s', async (name) => {
    const answer = await fixture.call(undefined, 'GET /api/billing/balance', undefined, { [name]: keys.app.key })
    expect(answer.status).toBe(200)
  })

  it('is found beside a foreign value that a drop-in client sends', async () => {
    const headers = { authorization: 'Bearer dummy-key', 'x-api-key': keys.app.key }
    expect((await fixture.call(undefined, 'GET /api/billing/balance', undefined, headers)).status).toBe(200)
  })
})
