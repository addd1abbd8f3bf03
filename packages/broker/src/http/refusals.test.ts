import { createVendoError } from '@vendo/contract'
import { errorBodySchema } from '@vendo/contract/api'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../store/store.ts'
import { type Answer, type ApiFixture, createApiFixture } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeAll(async () => {
  fixture = await createApiFixture()
})

/** Checks what every refusal has, and names it. */
const refusalOf = (answer: Answer): string => {
  const { error } = errorBodySchema.parse(answer.body)
  expect(answer.headers.get('vendo-error-code')).toBe(error.code)
  expect(answer.headers.get('x-vendo-request-id')).toBe(error.request_id)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(error.suggested_fix).toBeTruthy()
  return `${answer.status} ${error.code}`
}
const manage = (line: string, body?: unknown, headers?: Record<string, string>) =>
  fixture.call(fixture.a.management.key, line, body, headers)

describe('an address', () => {
  it.each(['GET /', 'GET /api', 'GET /api/', 'GET /api/keys/', 'GET /API/keys', 'POST /api/calls/x', 'GET /anthropic'])(
    '%s that does not exist is not_found',
    async (line) => {
      expect(refusalOf(await manage(line))).toBe('404 not_found')
    },
  )

  it.each([
    ['PATCH /api/keys', 'GET, HEAD, POST'],
    ['GET /api/keys/key_1', 'DELETE, PATCH'],
    ['DELETE /api/rates/openai', 'GET, HEAD, PUT'],
    ['POST /healthz', 'GET, HEAD'],
    ['OPTIONS /api/openapi.json', 'GET, HEAD'],
    ['GET /api/rates/openrouter/import', 'POST'],
  ])('%s says what it takes', async (line, allow) => {
    const answer = await manage(line)
    expect(refusalOf(answer)).toBe('405 method_not_allowed')
    expect(answer.headers.get('allow')).toBe(allow)
  })

  it('answers HEAD where there is a GET', async () => {
    expect((await manage('HEAD /api/keys')).status).toBe(200)
  })
})

describe('a body', () => {
  it.each(['', '{', 'name=bot', '{"name":"bot"', '\u0000'])('%j that is no JSON is refused', async (body) => {
    expect(refusalOf(await manage('POST /api/apps', body))).toBe('400 validation_failed')
  })

  it('that is null names what was expected', async () => {
    const answer = await manage('POST /api/apps', 'null')
    expect(refusalOf(answer)).toBe('400 validation_failed')
    expect(errorBodySchema.parse(answer.body).error.message).toBe('body: Invalid input: expected object, received null')
  })

  it('that is wrong in many places names three of them', async () => {
    const limits = { concurrency: 0, requests_per_minute: 'x', tokens_per_minute: -1, models: 'all' }
    const answer = await manage('POST /api/keys', { app_id: fixture.a.appId, limits })
    expect(refusalOf(answer)).toBe('400 validation_failed')
    const { message } = errorBodySchema.parse(answer.body).error
    expect(message.match(/body `limits\.\w+`/g)).toHaveLength(3)
    expect(message).toContain('(and 1 more)')
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('sent as %s is refused', async (type) => {
    const answer = await manage('POST /api/apps', '{"name":"bot"}', { 'content-type': type })
    expect(refusalOf(answer)).toBe('415 unsupported_encoding')
  })

  it('that is compressed is refused', async () => {
    const answer = await manage('POST /api/apps', { name: 'bot' }, { 'content-encoding': 'gzip' })
    expect(refusalOf(answer)).toBe('415 unsupported_encoding')
  })

  it.each([
    ['with its length', (text: string) => text],
    ['in chunks', (text: string) => new Blob([text]).stream()],
  ])('over 1 MiB %s is refused', async (_how, bodyOf) => {
    const text = JSON.stringify({ name: 'x'.repeat(1_048_576) })
    const response = await fixture.api.request('/api/apps', {
      method: 'POST',
      headers: { authorization: `Bearer ${fixture.a.management.key}`, 'content-type': 'application/json' },
      body: bodyOf(text),
      duplex: 'half',
    } as RequestInit)
    expect([response.status, response.headers.get('vendo-error-code')]).toEqual([413, 'request_too_large'])
  })

  it('is not read before the key was checked, and the connection is not used again', async () => {
    const refused = await fixture.call(undefined, 'POST /api/apps', '{')
    expect(refusalOf(refused)).toBe('401 app_unknown')
    expect(refused.headers.get('connection')).toBe('close')
    expect((await manage('POST /api/apps', '{')).headers.get('connection')).toBeNull()
  })
})

describe('a failure', () => {
  const failingWith = async (error: Error) => {
    const seen: unknown[] = []
    const overrides = {
      onUnexpectedError: (failure: unknown, requestId: string) => seen.push([failure, requestId]),
      ready: () => Promise.reject(error),
    }
    const failing = await createApiFixture(
      overrides,
      (store) =>
        ({
          findKeyByHash: store.findKeyByHash,
          listApps: () => Promise.reject(error),
        }) as Partial<Store> as Store,
    )
    return { ...failing, seen }
  }

  it('of the store is worth a retry, and readiness shows it', async () => {
    const down = createVendoError('The ledger cannot be written.', { code: 'store_unavailable' })
    const { call, a, seen } = await failingWith(down)
    for (const line of ['GET /api/apps', 'GET /readyz']) {
      const answer = await call(a.management.key, line)
      expect(refusalOf(answer)).toBe('503 store_unavailable')
      expect(answer.headers.has('x-should-retry')).toBe(false)
    }
    expect((await call(undefined, 'GET /healthz')).status).toBe(200)
    expect(seen).toEqual([])
  })

  it('of any other kind shows no detail to the caller, and all of it to the operator', async () => {
    const fault = new Error('SELECT secret-detail FROM keys')
    const { call, a, seen } = await failingWith(fault)
    const answer = await call(a.management.key, 'GET /api/apps')
    expect(refusalOf(answer)).toBe('500 internal_error')
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.text).not.toContain('secret-detail')
    expect(seen).toEqual([[fault, answer.headers.get('x-vendo-request-id')]])
  })
})
