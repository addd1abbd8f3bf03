import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuthError, isVendoError, NotConnected, RateLimited, UpstreamError, Vendo } from '../src/index.ts'
import {
  type Answer,
  credential,
  fakeAppKey,
  fakeFetch,
  json,
  refusal,
  rejection,
  unreachable,
  vendoMode,
} from './fake-api.ts'

const ok = json(credential('test-token'))
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response('<html>', { status: code, headers })
const client = (answers: readonly Answer[], options: object = {}) => {
  const { fetch, seen } = fakeFetch(...answers)
  return { vendo: new Vendo({ ...vendoMode, fetch, ...options }), seen }
}

describe('retries', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
  afterEach(() => vi.useRealTimers())

  it.each<[name: string, answers: Answer[], requests: number, result: string]>([
    ['a connection error', [unreachable, ok], 2, 'test-token'],
    ['500', [status(500), ok], 2, 'test-token'],
    ['503 twice', [status(503), status(503), ok], 3, 'test-token'],
    ['429 with Retry-After', [status(429, { 'retry-after': '3' }), ok], 2, 'test-token'],
    [
      '503 with a date in Retry-After',
      [status(503, { 'retry-after': new Date(2_000).toUTCString() }), ok],
      2,
      'test-token',
    ],
    ['a body that breaks off', [brokenBody(200), ok], 2, 'test-token'],
    ['more failures than maxRetries', [unreachable], 3, 'network_error'],
    ['not a 401', [refusal(401, 'app_unknown')], 1, 'app_unknown'],
    ['not a 429 without Retry-After', [status(429)], 1, 'rate_limited'],
    ['not what says that a retry cannot help', [status(502, { 'x-should-retry': 'false' })], 1, 'upstream_error'],
    ['not a wait beyond the budget', [status(503, { 'retry-after': '11' })], 1, 'overloaded'],
    ['not JSON of another shape', [json({ token: 'x' })], 1, 'upstream_error'],
    ['not a success that is not JSON', [status(200)], 1, 'upstream_error'],
    ['not a redirect', [status(302, { location: 'http://elsewhere.test/' })], 1, 'upstream_error'],
  ])('%s', async (_, answers, requests, result) => {
    vi.setSystemTime(0)
    const { vendo, seen } = client(answers)
    const outcome = vendo.token('anthropic').catch(({ code }) => code)
    await vi.advanceTimersByTimeAsync(9_999)
    expect(await outcome).toBe(result)
    expect(seen).toHaveLength(requests)
  })

  it('waits as long as Retry-After says, and no shorter', async () => {
    const { vendo, seen } = client([status(503, { 'retry-after': '5' }), ok])
    const outcome = vendo.token('anthropic')
    await vi.advanceTimersByTimeAsync(4_990)
    expect(seen).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(20)
    expect(await outcome).toBe('test-token')
  })

  it('tells the wait that did not fit the budget', async () => {
    const error = await rejection(client([status(429, { 'retry-after': '7200' })]).vendo.token('anthropic'))
    expect(error).toBeInstanceOf(RateLimited)
    expect(error['retryAfter']).toBe(7200)
  })

  it('can be switched off', async () => {
    const { vendo, seen } = client([unreachable], { maxRetries: 0 })
    await rejection(vendo.token('anthropic'))
    expect(seen).toHaveLength(1)
  })
})

describe('the time budget', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
  afterEach(() => vi.useRealTimers())
  const never: Answer = () => new Promise(() => undefined)
  const untilAborted: Answer = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

  it.each<[name: string, answers: Answer[], options: object, afterMs: number]>([
    ['is 10 s', [untilAborted], {}, 10_000],
    ['is what timeoutMs says', [untilAborted], { timeoutMs: 250 }, 250],
    ['binds a fetch that ignores its signal', [never], {}, 10_000],
    ['includes a body that never ends', [endlessBody()], {}, 10_000],
    ['is one for all retries', [status(503, { 'retry-after': '6' }), untilAborted], {}, 10_000],
    ['stays 10 s for a senseless timeoutMs', [untilAborted], { timeoutMs: Number.NaN }, 10_000],
  ])('%s', async (_, answers, options, afterMs) => {
    const settled = vi.fn()
    const outcome = rejection(client(answers, options).vendo.token('anthropic')).then((error) => {
      settled()
      return error
    })
    await vi.advanceTimersByTimeAsync(afterMs - 1)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    const error = await outcome
    expect(error['code']).toBe('timeout')
    expect(error['retryable']).toBe(true)
  })
})

describe('errors', () => {
  const options = { maxRetries: 0 }

  it.each([
    [401, 'app_revoked', AuthError],
    [403, 'key_scope', AuthError],
    [403, 'connection_revoked', NotConnected],
    [502, 'upstream_credentials_exhausted', UpstreamError],
  ])('%i %s has the class of its code', async (code, name, Class) => {
    const error = await rejection(client([refusal(code, name)], options).vendo.token('anthropic'))
    expect(error).toBeInstanceOf(Class)
    expect([error['code'], error['status'], error['slug']]).toEqual([name, code, 'anthropic'])
  })

  it.each([
    [400, 'validation_failed'],
    [401, 'app_unknown'],
    [403, 'key_scope'],
    [404, 'not_connected'],
    [500, 'upstream_error'],
    [503, 'overloaded'],
    [504, 'upstream_timeout'],
  ])('a bare %i becomes %s', async (code, name) => {
    const error = await rejection(client([status(code)], options).vendo.token('anthropic'))
    expect([error['code'], error['status']]).toEqual([name, code])
  })

  it('takes the header for the code, and every field of the body', async () => {
    const body = {
      error: {
        code: 'other',
        message: 'connect it',
        connect_url: 'http://connect.test/',
        retry_after: 4,
        suggested_fix: 'do this',
        request_id: 'r1',
      },
    }
    const answer = json(body, { status: 401, headers: { 'vendo-error-code': 'connection_needs_reauth' } })
    expect(await rejection(client([answer], options).vendo.token('slack'))).toMatchObject({
      name: 'NeedsReauth',
      code: 'connection_needs_reauth',
      connectUrl: 'http://connect.test/',
      retryAfter: 4,
      suggestedFix: 'do this',
      requestId: 'r1',
    })
  })

  it.each([['null'], ['[]'], ['{"error":null}'], ['{"error":"text"}'], ['{"error":{"code":7}}'], ['"text"']])(
    'survives the body %s',
    async (body) => {
      const error = await rejection(client([() => new Response(body, { status: 500 })], options).vendo.token('openai'))
      expect(error['code']).toBe('upstream_error')
    },
  )

  it('reads a refusal no further than its bound', async () => {
    let pulled = 0
    const body = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(16_384))
      },
    })
    const error = await rejection(client([() => new Response(body, { status: 400 })], options).vendo.token('openai'))
    expect(error['code']).toBe('validation_failed')
    expect(pulled).toBeLessThan(10)
  })

  it('refuses a success that does not end', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)) })
    const error = await rejection(client([() => new Response(body)], options).vendo.token('openai'))
    expect(String(error['message'])).toContain('more than 4 MB')
  })

  it.each<[string, Answer]>([
    ['a refusal that repeats it', json({ error: { message: `no ${fakeAppKey}`, code: fakeAppKey } }, { status: 401 })],
    ['a bare 500', status(500)],
    ['a failed connection', unreachable],
    ['another shape', json({ access_token: 5, base_url: fakeAppKey })],
  ])('never holds the key: %s', async (_, answer) => {
    const error = await rejection(client([answer], options).vendo.token('anthropic'))
    expect(isVendoError(error)).toBe(true)
    expect(inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error)).not.toContain(fakeAppKey)
  })

  it.each([
    ['a key with a line break', { apiKey: 'fake\nkey' }, 'validation_failed'],
    ['a base URL without a scheme', { baseURL: 'localhost:8787' }, 'validation_failed'],
    ['a base URL with a password', { baseURL: 'http://user:fake-password@api.test' }, 'validation_failed'],
    ['a base URL of another scheme', { baseURL: 'file:///etc' }, 'validation_failed'],
    ['no base URL', { baseURL: undefined }, 'base_url_missing'],
  ])('%s is said before anything is sent, without its value', async (_, over, code) => {
    const { vendo, seen } = client([ok], over)
    const error = await rejection(vendo.token('anthropic'))
    expect(error['code']).toBe(code)
    expect(inspect(error)).not.toMatch(/fake-password|fake\nkey|fake\\nkey/)
    expect(seen).toHaveLength(0)
  })
})

describe('a request', () => {
  it.each([
    ['http://api.test', 'http://api.test/credentials/anthropic'],
    ['http://api.test/', 'http://api.test/credentials/anthropic'],
    ['http://api.test/vendo//?x=1#y', 'http://api.test/vendo/credentials/anthropic'],
    [new URL('http://api.test/v'), 'http://api.test/v/credentials/anthropic'],
  ])('under %s goes to %s, with the key as its bearer', async (baseURL, url) => {
    const { vendo, seen } = client([ok], { baseURL })
    await vendo.token('anthropic')
    expect(seen[0]?.url).toBe(url)
    expect(seen[0]?.headers.get('authorization')).toBe(`Bearer ${fakeAppKey}`)
  })

  it.each(['VENDO_BASE_URL', 'VENDO_API_URL', 'VENDO_CREDENTIALS_URL'])('finds its address in %s', async (name) => {
    const { fetch, seen } = fakeFetch(ok)
    const env = { VENDO_BASE_URL: ' ', VENDO_API_KEY: fakeAppKey, [name]: 'http://named.test' }
    await new Vendo({ env, fetch }).token('anthropic')
    expect(seen[0]?.url).toBe('http://named.test/credentials/anthropic')
  })

  it('never follows a redirect with its key', async () => {
    const { vendo, seen } = client([status(302, { location: 'http://elsewhere.test/' })])
    const error = await rejection(vendo.token('anthropic'))
    expect(String(error['suggestedFix'])).toContain('never sent along a redirect')
    expect(seen.map(({ redirect }) => redirect)).toEqual(['manual'])
  })

  it('works over a real connection that is reset at first', async () => {
    let requests = 0
    const server = createServer((request, response) => {
      requests += 1
      if (requests === 1) request.socket.resetAndDestroy()
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(credential('test-token')))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const vendo = new Vendo({ ...vendoMode, baseURL: `http://127.0.0.1:${port}` })
    expect(await vendo.token('anthropic')).toBe('test-token')
    expect(requests).toBe(2)
    server.close()
  })
})

function brokenBody(code: number): Answer {
  return () =>
    new Response(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('{"access'))
          controller.error(new TypeError('terminated'))
        },
      }),
      { status: code },
    )
}

function endlessBody(): Answer {
  return () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }))
}
