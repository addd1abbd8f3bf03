import Anthropic from '@anthropic-ai/sdk'
import type { KeyLimits } from '@vendo/contract/api'
import { createBarrier, type ScriptedAnswer } from '@vendo/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageAnswer } from '../answers.ts'
import { startTestBroker, type TestBroker } from '../harness.ts'

let broker: TestBroker
let answer: ScriptedAnswer | Error
beforeAll(async () => {
  const script = (): ScriptedAnswer => {
    if (answer instanceof Error) throw answer
    return answer
  }
  broker = await startTestBroker({ script, broker: { timeouts: { totalMs: 1_500 }, mostBodyBytes: 10_000 } })
})
afterAll(async () => {
  await broker.calls()
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

interface Failure {
  readonly error: Error & { readonly status?: number }
  readonly attempts: number
  /** The last answer as the broker sent it. */
  readonly answer: Answer
}

interface Answer {
  readonly headers: Headers
  readonly text: string
}

/** What a client is asked to do wrong. */
interface Mistake {
  readonly key?: string
  readonly model?: string
  readonly content?: string
  readonly slug?: string
}

/** A fetch that counts, and tells the SDK not to sleep between its attempts: how many it makes does not depend on that. */
const counting = () => {
  const answers: Answer[] = []
  const fetchNow = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const got = await fetch(url, init)
    const text = await got.text()
    answers.push({ headers: got.headers, text })
    const headers = new Headers(got.headers)
    headers.set('retry-after-ms', '1')
    return new Response(text, { status: got.status, headers })
  }
  return { answers, fetchNow }
}

const sdks = {
  anthropic: (
    { key = broker.key, model = 'claude-haiku-4-5', content = 'Hi', slug = 'anthropic' }: Mistake,
    fetchNow: typeof fetch,
  ) => {
    const client = new Anthropic({ apiKey: key, baseURL: `${broker.url}/${slug}`, fetch: fetchNow, logLevel: 'off' })
    return client.messages.create({ model, max_tokens: 200, messages: [{ role: 'user', content }] })
  },
  openai: (
    { key = broker.key, model = 'gpt-4o-mini', content = 'Hi', slug = 'openai' }: Mistake,
    fetchNow: typeof fetch,
  ) => {
    const client = new OpenAI({ apiKey: key, baseURL: `${broker.url}/${slug}/v1`, fetch: fetchNow, logLevel: 'off' })
    return client.chat.completions.create({ model, max_completion_tokens: 200, messages: [{ role: 'user', content }] })
  },
} as const
type Sdk = keyof typeof sdks
const names = Object.keys(sdks) as Sdk[]

const fail = async (sdk: Sdk, mistake: Mistake = {}): Promise<Failure> => {
  const { answers, fetchNow } = counting()
  try {
    await sdks[sdk](mistake, fetchNow as typeof fetch)
  } catch (error) {
    return { error: error as Failure['error'], attempts: answers.length, answer: answers.at(-1) as Answer }
  }
  throw new Error('the call did not fail')
}

/** The class that each official SDK makes of a status. */
const classes: Readonly<Record<number, Readonly<Record<Sdk, string>>>> = {
  400: { anthropic: 'BadRequestError', openai: 'BadRequestError' },
  401: { anthropic: 'AuthenticationError', openai: 'AuthenticationError' },
  402: { anthropic: 'PaymentRequiredError', openai: 'APIError' },
  403: { anthropic: 'PermissionDeniedError', openai: 'PermissionDeniedError' },
  404: { anthropic: 'NotFoundError', openai: 'NotFoundError' },
  408: { anthropic: 'RequestTimeoutError', openai: 'APIError' },
  409: { anthropic: 'ConflictError', openai: 'ConflictError' },
  413: { anthropic: 'ContentTooLargeError', openai: 'APIError' },
  422: { anthropic: 'UnprocessableEntityError', openai: 'UnprocessableEntityError' },
  429: { anthropic: 'RateLimitError', openai: 'RateLimitError' },
  500: { anthropic: 'InternalServerError', openai: 'InternalServerError' },
  502: { anthropic: 'InternalServerError', openai: 'InternalServerError' },
  503: { anthropic: 'ServiceUnavailableError', openai: 'InternalServerError' },
  504: { anthropic: 'GatewayTimeoutError', openai: 'InternalServerError' },
  529: { anthropic: 'OverloadedError', openai: 'InternalServerError' },
}
const classOf = (sdk: Sdk, status: number) => classes[status]?.[sdk]

const forEachSdk = <T extends readonly unknown[]>(rows: readonly T[]) =>
  rows.flatMap((row) => names.map((sdk) => [sdk, ...row] as const))

const errorBody = JSON.stringify({ type: 'error', error: { type: 'some_error', message: 'as the provider says it' } })

describe('an error of the provider reaches the official SDK as it is:', () => {
  it.each(
    forEachSdk<readonly [number, Record<string, string>, number]>([
      [400, {}, 1],
      [400, { 'x-should-retry': 'true' }, 3],
      [402, {}, 1],
      [404, {}, 1],
      [408, {}, 3],
      [409, {}, 3],
      [413, {}, 1],
      [422, {}, 1],
      [429, {}, 3],
      [429, { 'x-should-retry': 'false' }, 1],
      [500, {}, 3],
      [500, { 'x-should-retry': 'false' }, 1],
      [502, {}, 3],
      [503, {}, 3],
      [504, {}, 3],
      [529, {}, 3],
    ]),
  )('%s: %i %o → %i attempts', async (sdk, status, headers, attempts) => {
    const limits = { 'retry-after': '1', 'request-id': 'req_upstream', 'x-ratelimit-remaining-requests': '0' }
    answer = { status, headers: { 'content-type': 'application/json', ...limits, ...headers }, body: errorBody }
    const failure = await fail(sdk)
    expect([failure.attempts, failure.error.constructor.name, failure.error.status]).toEqual([
      attempts,
      classOf(sdk, status),
      status,
    ])
    expect(failure.error.message).toContain('as the provider says it')
    const seen = failure.answer.headers
    for (const [header, value] of Object.entries({ ...limits, ...headers })) expect(seen.get(header)).toBe(value)
    expect([seen.get('vendo-error-code'), failure.answer.text]).toEqual([null, errorBody])
  })
})

describe('an error of the broker makes the official SDK try exactly as often as helps:', () => {
  const never = createBarrier()
  const refused = (status: number): ScriptedAnswer => ({ status, headers: {}, body: errorBody })
  const minted = async (limits: KeyLimits, changes?: { expiresAt: number }) => ({
    key: (await broker.mint(limits, changes)).key,
  })

  it.each(
    forEachSdk<readonly [string, () => Promise<Mistake>, number, number]>([
      ['app_unknown', async () => ({ key: 'no-vendo-key' }), 401, 1],
      ['app_expired', () => minted({}, { expiresAt: 1 }), 401, 1],
      ['model_unpriced', async () => ({ model: 'no-such-model' }), 402, 1],
      ['key_scope', () => minted({ integrations: ['gemini'] }), 403, 1],
      ['model_not_allowed', () => minted({ models: ['other-*'] }), 403, 1],
      ['provider_unknown', async () => ({ slug: 'nobody' }), 404, 1],
      ['validation_failed', async () => ({ model: '' }), 400, 1],
      ['request_too_large', async () => ({ content: 'x'.repeat(20_000) }), 413, 1],
      ['spend_cap_total', () => minted({ spend_total_usd: '0.00000001' }), 429, 1],
      ['spend_cap_daily', () => minted({ spend_day_usd: '0.00000001' }), 429, 1],
      ['rate_limited', () => minted({ tokens_per_minute: 1 }), 429, 3],
    ]),
  )('%s: %s', async (sdk, code, mistake, status, attempts) => {
    answer = messageAnswer()
    const before = broker.upstream.requests.length
    await expectFailure(sdk, await mistake(), { code, status, attempts })
    expect(broker.upstream.requests.length - before).toBe(0)
  })

  it.each(
    forEachSdk<readonly [string, () => ScriptedAnswer | Error, number, number]>([
      ['upstream_error', () => new Error('cut'), 502, 3],
      ['upstream_error', () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } }), 502, 3],
      ['upstream_credentials_exhausted', () => refused(401), 502, 1],
      ['upstream_credentials_exhausted', () => refused(403), 502, 1],
      ['upstream_timeout', () => ({ before: never }), 504, 3],
    ]),
  )('%s: %s', async (sdk, code, script, status, attempts) => {
    answer = script()
    const before = broker.upstream.requests.length
    await expectFailure(sdk, {}, { code, status, attempts })
    expect(broker.upstream.requests.length - before).toBe(attempts)
  })
})

interface Expected {
  readonly code: string
  readonly status: number
  readonly attempts: number
}

const expectFailure = async (sdk: Sdk, mistake: Mistake, { code, status, attempts }: Expected) => {
  const failure = await fail(sdk, mistake)
  const { headers } = failure.answer
  expect([headers.get('vendo-error-code'), failure.error.status]).toEqual([code, status])
  expect([failure.attempts, failure.error.constructor.name]).toEqual([attempts, classOf(sdk, status)])
  expect(headers.get('x-should-retry')).toBe(attempts === 1 ? 'false' : null)
  expect(headers.get('x-vendo-request-id')).toMatch(/^req_/)
  expect(failure.error.message.length).toBeGreaterThan(20)
}
