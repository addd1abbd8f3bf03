import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBroker, type createVault } from '../src/index.ts'
import { anthropicRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker } from './harness.ts'

const page = 'https://app.example.com'
let broker: TestBroker
let closed: TestBroker
beforeAll(async () => {
  const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*', 'request-id': 'req_1' }
  const script = () => ({ ...messageAnswer(), headers })
  broker = await startTestBroker({ script, broker: { allowedOrigins: [page], credentialsOrigins: [page] } })
  closed = await startTestBroker({ script })
})
afterAll(() => Promise.all([broker.close(), closed.close()]))

const call = (at: TestBroker, headers: Record<string, string>, path = '/anthropic/v1/messages') =>
  at.send({ path, json: anthropicRequest(), headers })
const ask = (at: TestBroker, path: string, origin = page) =>
  at.send({
    method: 'OPTIONS',
    path,
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key,x-a' },
  })
const allowed = 'access-control-allow-origin'

describe('pages of an allowed origin', () => {
  it('may ask first, and are told what they may send', async () => {
    const { status, headers } = await ask(broker, '/anthropic/v1/messages')
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      [allowed]: page,
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': 'x-api-key,x-a',
      'access-control-max-age': '600',
      vary: expect.stringContaining('Origin'),
    })
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it('may read an answer and a refusal', async () => {
    for (const path of ['/anthropic/v1/messages', '/anthropic/v1/nothing']) {
      const { headers } = await call(broker, { origin: page }, path)
      expect(headers[allowed]).toBe(page)
      expect(headers['access-control-expose-headers']).toContain('x-vendo-request-id')
      expect(headers.vary).toContain('Origin')
    }
  })

  it('get credentials of proxied integrations, and no others', async () => {
    const get = (path: string) => broker.send({ method: 'GET', path, headers: { origin: page } })
    expect((await get('/credentials/anthropic')).status).toBe(200)
    for (const path of ['/credentials/telegram', '/credentials/_bulk?slugs=anthropic,telegram', '/credentials/_bulk']) {
      const { status, headers } = await get(path)
      expect([path, status, headers['vendo-error-code']]).toEqual([path, 403, 'browser_refused'])
    }
  })
})

describe('nobody else', () => {
  it.each(['https://app.example.com.evil.test', 'http://app.example.com', 'null', 'https://APP.example.com'])(
    '%s',
    async (origin) => {
      expect((await ask(broker, '/anthropic/v1/messages', origin)).status).toBe(403)
      expect((await call(broker, { origin })).headers).not.toHaveProperty(allowed)
    },
  )
  it('not at management routes, whatever is allowed', async () => {
    for (const path of ['/api/calls', '/api/openapi.json', '/healthz']) {
      expect((await ask(broker, path)).headers).not.toHaveProperty(allowed)
      const { headers } = await broker.send({ method: 'GET', path, headers: { origin: page } })
      expect(headers).not.toHaveProperty(allowed)
    }
  })
  it('not by default, and not because the provider says so', async () => {
    expect((await ask(closed, '/anthropic/v1/messages')).status).toBe(403)
    expect((await call(closed, { origin: page })).headers).not.toHaveProperty(allowed)
  })
  it.each(['*', 'null', 'https://app.example.com/', 'app.example.com', 'file:///x'])('%s is no origin', (origin) => {
    const store = broker.store
    expect(() =>
      createBroker({ store, vault: {} as ReturnType<typeof createVault>, allowedOrigins: [origin] }),
    ).toThrow(expect.objectContaining({ code: 'validation_failed' }))
  })
})

describe('what a provider answers is no page', () => {
  it.each([
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ...['document', 'iframe', 'frame', 'object', 'embed'].map((dest) => ({ 'sec-fetch-dest': dest })),
  ])('%j is refused', async (headers) => {
    const answer = await call(closed, headers)
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([403, 'browser_refused'])
  })
  it.each(['key', 'KEY', '%6bey', 'a=1;key'])('?%s= from a browser is refused', async (name) => {
    const answer = await call(closed, { 'sec-fetch-site': 'none' }, `/anthropic/v1/messages?${name}=${closed.key}`)
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([403, 'browser_refused'])
  })
  it.each([
    { 'sec-fetch-mode': 'cors', origin: page },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-storage-access': 'none' },
    { 'sec-fetch-mode': 'no-cors' },
    { 'sec-fetch-user': '?1' },
  ])('?key= with %j is refused', async (headers) => {
    const answer = await call(closed, headers, `/anthropic/v1/messages?key=${closed.key}`)
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([403, 'browser_refused'])
  })
  it('?key= from a server’s fetch is not: Node sends that one header of a browser', async () => {
    const { send } = broker
    const key = broker.key
    const path = `/gemini/v1beta/models/gemini-2.5-flash:generateContent?key=${key}`
    const json = { contents: [{ parts: [{ text: 'Hi' }] }] }
    const answer = await send({ path, json, headers: { 'sec-fetch-mode': 'cors' } })
    expect(answer.headers['vendo-error-code']).toBeUndefined()
    const fetched = await fetch(`${broker.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    })
    expect([fetched.headers.get('vendo-error-code'), fetched.status]).toEqual([null, 200])
  })
  it('a fetch of a page is not', async () => {
    expect((await call(closed, { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' })).status).toBe(200)
  })
})

it.each([
  'x-bf-async',
  'X-BF-Async-Id',
  'x-bf-async-job-result-ttl',
  'x-bf-cache-key',
  'x-vendo-async',
  'x-vendo-async-id',
])('%s promises what is not built, and is refused by name', async (name) => {
  const sent = closed.upstream.requests.length
  const answer = await call(closed, { [name]: '1' })
  expect([answer.status, answer.headers['vendo-error-code']]).toEqual([400, 'not_supported'])
  expect(answer.text).toContain(name.toLowerCase())
  expect(closed.upstream.requests).toHaveLength(sent)
})

it.each(['openai/gpt-4o', 'anthropic/claude-sonnet-4-5', 'google/gemini-2.5-pro'])(
  'the model %s is told how to be called instead',
  async (model) => {
    const answer = await closed.send({ path: '/anthropic/v1/messages', json: anthropicRequest({ model }) })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([400, 'not_supported'])
    expect(answer.text).toContain(JSON.stringify(model.split('/')[1]).slice(1, -1))
  },
)
