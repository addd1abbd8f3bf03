import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anthropicRequest, chatRequest, messageAnswer } from './answers.ts'
import { startTestBroker, type TestBroker } from './harness.ts'
import type { WholeAnswer } from './http-client.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker({ script: () => messageAnswer(), broker: { mostBodyBytes: 100_000 } })
})
afterAll(async () => {
  const report = await broker.store.verify()
  expect(report).toMatchObject({ ok: true, openHolds: 0, problems: [] })
  expect(broker.upstream.requests).toEqual([])
  await broker.close()
})

const refusal = (answer: WholeAnswer) => [answer.status, answer.headers['vendo-error-code']]
const typo = (key: string) => key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x')
const valid = JSON.stringify(anthropicRequest())
const json = { 'content-type': 'application/json' }

describe('keys', () => {
  it.each([
    ['missing', () => ({ authorization: '' }), 401, 'app_unknown'],
    ['foreign', () => ({ authorization: 'Bearer some-provider-key' }), 401, 'app_unknown'],
    ['mistyped', () => ({ authorization: `Bearer ${typo(broker.key)}` }), 401, 'app_unknown'],
    ['a foreign value in x-vendo-key', () => ({ 'x-vendo-key': 'sk-foreign' }), 401, 'app_unknown'],
    ['a foreign value in x-bf-vk', () => ({ 'x-bf-vk': 'sk-bf-foreign' }), 401, 'app_unknown'],
  ])('%s → %i %s', async (_rule, headers, status, code) => {
    const answer = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest(), headers: headers() })
    expect(refusal(answer)).toEqual([status, code])
    expect(answer.headers['x-should-retry']).toBe('false')
  })

  it('unknown, expired, revoked and two different ones', async () => {
    const other = await broker.mint()
    const expired = await broker.mint({}, { expiresAt: 1 })
    const revoked = await broker.mint()
    await broker.store.revokeKey(revoked.id, 2_000)
    const stranger = await startTestBroker({ script: messageAnswer() })
    const cases: [Record<string, string>, number, string][] = [
      [{ authorization: `Bearer ${stranger.key}` }, 401, 'app_unknown'],
      [{ authorization: `Bearer ${expired.key}` }, 401, 'app_expired'],
      [{ authorization: `Bearer ${revoked.key}` }, 401, 'app_revoked'],
      [{ authorization: `Bearer ${broker.key}`, 'x-api-key': other.key }, 400, 'key_conflict'],
    ]
    await stranger.close()
    for (const [headers, status, code] of cases) {
      const answer = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest(), headers })
      expect(refusal(answer)).toEqual([status, code])
    }
  })

  it('revoked after a successful lookup: the hold reads the key again', async () => {
    const late = await broker.mint()
    const headers = { authorization: `Bearer ${late.key}` }
    const blocked = { path: '/anthropic/v1/nothing', headers }
    expect(refusal(await broker.send({ ...blocked, method: 'GET' }))).toEqual([404, 'route_blocked'])
    await broker.store.revokeKey(late.id, 2_000)
    const answer = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest(), headers })
    expect(refusal(answer)).toEqual([401, 'app_revoked'])
  })

  it('with limits: integrations and models', async () => {
    const narrow = await broker.mint({ integrations: ['openai'], models: ['gpt-4o*'] })
    const headers = { authorization: `Bearer ${narrow.key}` }
    const elsewhere = await broker.send({ path: '/anthropic/v1/messages', json: anthropicRequest(), headers })
    expect(refusal(elsewhere)).toEqual([403, 'key_scope'])
    const otherModel = await broker.send({
      path: '/openai/v1/chat/completions',
      json: chatRequest({ model: 'gpt-5' }),
      headers,
    })
    expect(refusal(otherModel)).toEqual([403, 'model_not_allowed'])
  })
})

describe('addresses', () => {
  it.each([
    ['/nobody/v1/messages', 404, 'provider_unknown'],
    ['/anthropic/v1/files', 403, 'binding_missing'],
    ['/gemini/v1beta/files', 404, 'route_blocked'],
    ['/anthropic/v1/messages/batches', 404, 'route_blocked'],
    ['/openai/v1/organization/admin_api_keys', 404, 'route_blocked'],
    ['/openrouter/api/v1/credits', 404, 'route_blocked'],
    ['/anthropic/../healthz', 400, 'path_rejected'],
    ['/anthropic/%2e%2e/healthz', 400, 'path_rejected'],
    ['//anthropic/v1/messages', 400, 'path_rejected'],
    ['/anthropic\\v1\\messages', 400, 'path_rejected'],
    ['/anthropic/v1/messages@evil.test', 400, 'path_rejected'],
    ['http://evil.test/anthropic/v1/messages', 400, 'path_rejected'],
  ])('%s → %i %s', async (path, status, code) => {
    const answer = await broker.send({ path, json: anthropicRequest() })
    expect(refusal(answer)).toEqual([status, code])
  })

  it('a Host that anybody could own is refused, and chooses no integration', async () => {
    const answer = await broker.send({
      path: '/anthropic/v1/nothing',
      json: {},
      headers: { host: 'openai-proxy.evil.test' },
    })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([421, 'host_refused'])
  })
})

describe('bodies', () => {
  it.each<[string, string, Record<string, string>, number, string]>([
    ['not JSON', '{"model":', json, 400, 'validation_failed'],
    ['null', 'null', json, 400, 'validation_failed'],
    ['an array', '[]', json, 400, 'validation_failed'],
    ['a number', '42', json, 400, 'validation_failed'],
    ['empty', '', json, 400, 'validation_failed'],
    ['in another charset', valid, { 'content-type': 'application/json; charset=latin1' }, 415, 'unsupported_encoding'],
    [
      'of a type that is made of JSON',
      valid,
      { 'content-type': 'application/vnd.api+json' },
      415,
      'unsupported_encoding',
    ],
    ['too large', JSON.stringify({ ...anthropicRequest(), pad: 'x'.repeat(100_000) }), json, 413, 'request_too_large'],
    ['of another type', valid, { 'content-type': 'text/plain' }, 415, 'unsupported_encoding'],
    ['without a type', valid, {}, 415, 'unsupported_encoding'],
    ['compressed', valid, { ...json, 'content-encoding': 'br' }, 415, 'unsupported_encoding'],
    ['with a model twice', `{"model":"claude-haiku-4-5",${valid.slice(1)}`, json, 400, 'validation_failed'],
    ['without a model', JSON.stringify({ max_tokens: 1, messages: [] }), json, 400, 'validation_failed'],
    [
      'with a model that is no string',
      JSON.stringify({ ...anthropicRequest(), model: 7 }),
      json,
      400,
      'validation_failed',
    ],
    [
      'with an unknown model',
      JSON.stringify(anthropicRequest({ model: 'claude-hiaku-9' })),
      json,
      402,
      'model_unpriced',
    ],
    [
      'with an unbounded server tool',
      JSON.stringify(anthropicRequest({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] })),
      json,
      400,
      'request_unbounded',
    ],
  ])('%s', async (_rule, body, headers, status, code) => {
    const answer = await broker.send({ path: '/anthropic/v1/messages', body, headers })
    expect(refusal(answer)).toEqual([status, code])
    expect(answer.headers['x-should-retry']).toBe('false')
    expect(answer.json()).toMatchObject({ type: 'error', error: { message: expect.any(String) } })
  })

  it('says nothing of the prompt when the JSON is broken', async () => {
    const answer = await broker.send({
      path: '/anthropic/v1/messages',
      body: '{"prompt": "my secret plan" oops',
      headers: json,
    })
    expect(answer.text).not.toContain('secret plan')
  })

  it('truncated: the client leaves before its body is whole, and nothing is held', async () => {
    const { hostname, port } = new URL(broker.url)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /anthropic/v1/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${broker.key}\r\n`,
        )
        socket.write(`content-type: application/json\r\ncontent-length: 500\r\n\r\n{"model":`, () => socket.destroy())
      })
      socket.once('close', () => resolve())
    })
    expect((await broker.store.verify()).openHolds).toBe(0)
  })
})

describe('money', () => {
  it('a key with a small cap is told what it needs, what is left and which max_tokens fits', async () => {
    const capped = await broker.mint({ spend_total_usd: '0.001' })
    const headers = { authorization: `Bearer ${capped.key}` }
    const path = '/anthropic/v1/messages'
    const answer = await broker.send({ path, json: anthropicRequest({ max_tokens: 4096 }), headers })
    expect(refusal(answer)).toEqual([429, 'spend_cap_total'])
    expect(answer.headers['x-should-retry']).toBe('false')
    const fitting = Number(/max_tokens of (\d+) or less/.exec(answer.text)?.[1])
    expect(fitting).toBeGreaterThan(0)
    expect(answer.text).not.toContain('balance')
  })

  it('a wallet that does not cover the bound refuses with 402, and a capped key does not learn what it holds', async () => {
    const poor = await startTestBroker({ script: messageAnswer(), creditUsd: '0.0001' })
    const open = await poor.send({ path: '/anthropic/v1/messages', json: anthropicRequest() })
    expect(refusal(open)).toEqual([402, 'balance_exhausted'])
    expect(open.text).toContain('$0.0001')
    const capped = await poor.mint({ spend_day_usd: '5' })
    const headers = { authorization: `Bearer ${capped.key}` }
    const hidden = await poor.send({ path: '/anthropic/v1/messages', json: anthropicRequest(), headers })
    expect(refusal(hidden)).toEqual([402, 'balance_exhausted'])
    expect(hidden.text).not.toContain('0.0001')
    await poor.close()
  })
})

it('error bodies have the called provider’s own shape', async () => {
  const path = '/openai/v1/chat/completions'
  const openai = await broker.send({ path, json: chatRequest({ model: 'gpt-unknown' }) })
  expect(openai.json()).toMatchObject({
    error: { message: expect.any(String), type: expect.any(String), code: 'model_unpriced' },
  })
  const openrouter = await broker.send({
    path: '/openrouter/api/v1/chat/completions',
    json: chatRequest({ model: 'a/b' }),
  })
  expect(openrouter.json()).toMatchObject({ error: { code: 402, message: expect.any(String) } })
})
