import { eventStreamAnswer, jsonAnswer, type UpstreamScript } from '@vendo/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './harness.ts'
import { answered, open } from './http-client.ts'

let broker: TestBroker
afterEach(async () => {
  expect(await broker.store.verify()).toMatchObject({ openHolds: 0, problems: [] })
  await broker.close()
})

/** As a coding agent asks by default: tools of its own beside a hosted search that nothing limits. */
const agentRequest = (rest: Record<string, unknown> = {}) => ({
  model: 'gpt-5',
  stream: true,
  store: false,
  instructions: 'You are a coding agent.',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the test.' }] }],
  tools: [
    { type: 'function', name: 'shell', parameters: { type: 'object', properties: {} } },
    { type: 'custom', name: 'apply_patch', format: { type: 'text' } },
    { type: 'web_search' },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  max_output_tokens: 32_000,
  reasoning: { effort: 'medium', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'session-1',
  ...rest,
})

const event = (type: string, rest: Record<string, unknown>) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
const response = (rest: Record<string, unknown>) => ({ response: { id: 'resp_1', model: 'gpt-5-2025-08-07', ...rest } })
const created = event('response.created', response({ status: 'in_progress', usage: null }))
const search = { type: 'web_search_call', id: 'ws_1', status: 'in_progress' }
const searching = event('response.output_item.added', { output_index: 0, item: search })
const searched = event('response.output_item.done', {
  ...{ output_index: 0, item: { ...search, status: 'completed', action: { type: 'search', query: 'q' } } },
})
const usage = { input_tokens: 40_000, output_tokens: 2_000, total_tokens: 42_000 }
const completed = event('response.completed', response({ status: 'completed', usage }))

const whole: UpstreamScript = eventStreamAnswer([created, searching, searched, completed])
const cutAfter = (...events: string[]): UpstreamScript => ({ ...eventStreamAnswer(events), end: 'hang' })

const own: Omit<TestBrokerOptions, 'script'> = { profile: 'byok_static', creditUsd: '0' }
const path = '/openai/v1/responses'

/** Sends a request, reads one event and leaves. */
const interrupt = async (): Promise<void> => {
  const client = open(broker.url, {
    path,
    headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(agentRequest()),
  })
  const answer = await answered(client)
  expect(answer.statusCode).toBe(200)
  answer.on('error', () => undefined)
  await new Promise((resolve) => answer.once('data', resolve))
  client.destroy()
}

describe('a hosted tool without a use limit', () => {
  it('passes on an own key without a cap, flagged, and costs what it costs', async () => {
    broker = await startTestBroker({ ...own, script: whole })
    expect((await broker.send({ path, json: agentRequest() })).status).toBe(200)
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'actual', flags: expect.arrayContaining(['unbounded']), walletNanos: 0n })
    expect(call?.quantities).toMatchObject({ input: 40_000, output: 2_000, web_search: 1 })
  })

  it('holds all that is left of a cap, and gives it back', async () => {
    let heldNanos = 0n
    broker = await startTestBroker({
      ...own,
      limits: { spend_total_usd: '2' },
      script: async () => {
        const [call] = await broker.store.listCalls({ tenantId: 'ten_test', limit: 1 })
        heldNanos = call?.holdNanos ?? 0n
        return whole
      },
    })
    expect((await broker.send({ path, json: agentRequest() })).status).toBe(200)
    const [call] = await broker.calls()
    expect([heldNanos, call?.state, call?.flags[0]]).toEqual([2_000_000_000n, 'actual', 'unbounded'])
    expect(call?.flags).not.toContain('above_hold')
    // 40,000 in at $1.25 and 2,000 out at $10 a million, and one search.
    expect(call?.spendNanos).toBe(80_000_000n)
  })

  it('waits in line when another one holds the rest', async () => {
    broker = await startTestBroker({ ...own, limits: { spend_total_usd: '2' }, script: () => whole })
    const answers = await Promise.all([1, 2, 3].map(() => broker.send({ path, json: agentRequest() })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await broker.calls()).toHaveLength(3)
  })

  it.each([
    ['a pooled credential', {}, {}],
    ['an own key whose tenant refuses such calls', own, { unbounded_own_keys: 'refuse' }],
  ] as const)('is refused on %s, naming the limit that helps', async (_key, options, tenantLimits) => {
    broker = await startTestBroker({ ...options, script: whole })
    const scope = { kind: 'tenant', id: 'ten_test' } as const
    await broker.store.setLimits({
      scope,
      tenantId: 'ten_test',
      limits: tenantLimits,
      authorKeyId: (await broker.mint()).id,
    })
    const refused = await broker.send({ path, json: agentRequest() })
    expect([refused.status, refused.headers['vendo-error-code']]).toEqual([400, 'request_unbounded'])
    expect(refused.text).toContain('Set `max_tool_calls` on the request')
    expect(broker.upstream.requests).toEqual([])
  })

  it('passes on a pooled credential with a key that allows it', async () => {
    broker = await startTestBroker({ limits: { allow_unbounded: true }, creditUsd: '50', script: whole })
    expect((await broker.send({ path, json: agentRequest() })).status).toBe(200)
  })

  it('is not a search among the tools of the request', async () => {
    broker = await startTestBroker({ creditUsd: '50', script: whole })
    const tools = [{ type: 'tool_search' }, { type: 'function', name: 'f', defer_loading: true }]
    expect((await broker.send({ path, json: agentRequest({ tools }) })).status).toBe(200)
  })
})

describe('a call whose end was not seen', () => {
  const drain = { mostMs: 200 }

  it('leaves $1.50 of $2 when it is interrupted five times within two seconds of its first event', async () => {
    broker = await startTestBroker({
      ...own,
      ...{ limits: { spend_total_usd: '2' }, broker: { drain } },
      script: cutAfter(created),
    })
    for (let time = 0; time < 5; time++) await interrupt()
    const calls = await broker.calls()
    const spent = calls.reduce((total, { spendNanos }) => total + spendNanos, 0n)
    expect(calls.map(({ state, reason }) => [state, reason])).toEqual(Array(5).fill(['estimated', 'client_gone']))
    expect(spent).toBeGreaterThan(0n)
    expect(spent).toBeLessThan(500_000_000n)
  })

  it('leaves as much when it is interrupted before its head', async () => {
    broker = await startTestBroker({
      ...own,
      ...{ limits: { spend_total_usd: '2', on_disconnect: 'abort' } },
      script: () => new Promise(() => undefined),
    })
    const client = open(broker.url, {
      path,
      headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(agentRequest()),
    })
    client.on('error', () => undefined)
    await broker.upstream.received(1)
    client.destroy()
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'estimated', reason: 'client_gone' })
    expect(call?.spendNanos).toBeLessThan(400_000_000n)
  })

  it('counts one whole context for each use of a tool that was seen', async () => {
    broker = await startTestBroker({ ...own, broker: { drain }, script: cutAfter(created, searching, searched) })
    await interrupt()
    const [call] = await broker.calls()
    expect(call?.flags).toContain('tool_uses_estimated:1')
    // A context of 400,000 tokens at $1.25 a million.
    expect(call?.spendNanos).toBeGreaterThan(500_000_000n)
  })

  it('is held on a pooled credential, whatever time it had', async () => {
    const script = { ...eventStreamAnswer([created]), end: 'hang' } as const
    broker = await startTestBroker({ creditUsd: '50', broker: { drain }, script })
    const client = open(broker.url, {
      path,
      headers: { authorization: `Bearer ${broker.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(agentRequest({ tools: [] })),
    })
    const answer = await answered(client)
    answer.on('error', () => undefined)
    await new Promise((resolve) => answer.once('data', resolve))
    client.destroy()
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'estimated', quantities: { output: 32_000 } })
  })
})

it('an answer without a stream settles the same way', async () => {
  broker = await startTestBroker({
    ...own,
    script: jsonAnswer({ ...response({}).response, status: 'completed', usage }),
  })
  expect((await broker.send({ path, json: agentRequest({ stream: false }) })).status).toBe(200)
  expect((await broker.calls())[0]).toMatchObject({ state: 'actual', flags: expect.arrayContaining(['unbounded']) })
})
