import type { Profile } from '@vendo/contract'
import type { KeyLimits, SharedLimits } from '@vendo/contract/api'
import { jsonAnswer } from '@vendo/testkit'
import { describe, expect, it } from 'vitest'
import { startTestBroker } from './harness.ts'

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
const answerOf = (model: string) => ({ id: 'chatcmpl_1', object: 'chat.completion', model, choices: [], usage })
const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 16 }
const chat = '/openai/v1/chat/completions'

interface Place {
  readonly profile?: Profile
  readonly limits?: KeyLimits
  readonly tenant?: SharedLimits
  readonly served?: string
}

const start = async ({ profile = 'byok_static', limits = {}, tenant, served = 'gpt-next-9' }: Place) => {
  const broker = await startTestBroker({ script: () => jsonAnswer(answerOf(served)), profile, limits })
  if (tenant !== undefined) {
    const scope = { kind: 'tenant' as const, id: 'ten_test' }
    await broker.store.setLimits({ scope, tenantId: 'ten_test', limits: tenant, authorKeyId: null })
  }
  return broker
}

const strict: readonly (readonly [string, Place])[] = [
  ['a pooled credential', { profile: 'vendo_managed_pool' }],
  ['an own one with a cap on the key', { limits: { spend_total_usd: '5' } }],
  ['an own one with a cap on the tenant', { tenant: { spend_day_usd: '5' } }],
  ['an own one whose tenant refuses what has no bound', { tenant: { unbounded_own_keys: 'refuse' } }],
]

describe('a model without a rate', () => {
  it('passes on an own credential without a cap: tokens are counted, and its price is unknown, not $0', async () => {
    const broker = await start({})
    const answer = await broker.send({ path: chat, json: { ...ask, model: 'gpt-next-9' } })
    expect(answer.status).toBe(200)
    const [call] = await broker.calls()
    expect(call).toMatchObject({
      state: 'estimated',
      reason: 'price_unknown',
      flags: expect.arrayContaining(['price_unknown']),
      quantities: { input: 100, output: 20 },
      tokens: 120,
      spendNanos: 0n,
      lines: [],
    })
    const usageOf = await broker.store.summarizeUsage({ tenantId: 'ten_test', groupBy: 'model' })
    expect(usageOf).toMatchObject([{ calls: 1, priceUnknownCalls: 1, quantities: { input: 100, output: 20 } }])
    await broker.close()
  })

  it('is priced exactly when the provider serves one that has rates, and says that it cost more than was held', async () => {
    const broker = await start({ served: 'gpt-4o-mini' })
    await broker.send({ path: chat, json: { ...ask, model: 'gpt-next-9' } })
    const [call] = await broker.calls()
    expect(call).toMatchObject({ state: 'actual', listNanos: 27_000n, flags: expect.arrayContaining(['above_hold']) })
    await broker.close()
  })

  it.each(strict)('is refused before any byte on %s, naming models that are near', async (_rule, place) => {
    const broker = await start(place)
    const answer = await broker.send({ path: chat, json: { ...ask, model: 'gpt-4o-mimi' } })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([402, 'model_unpriced'])
    expect(answer.text).toContain('gpt-4o-mini')
    expect(broker.upstream.requests).toHaveLength(0)
    await broker.close()
  })

  it('tells people the command that adds a rate, and a budgeted command only the limit', async () => {
    const broker = await start({ limits: { spend_total_usd: '5' } })
    const run = await broker.mint({ spend_total_usd: '5', budgeted_run: true })
    const json = { ...ask, model: 'gpt-next-9' }
    expect((await broker.send({ path: chat, json })).text).toContain('vendo rates set --integration openai')
    const refused = await broker.send({ path: chat, json, headers: { authorization: `Bearer ${run.key}` } })
    expect(refused.status).toBe(402)
    expect(refused.text).not.toMatch(/vendo (rates|caps|keys)/)
    await broker.close()
  })

  it('never puts what a shell would run into that command', async () => {
    const broker = await start({ limits: { spend_total_usd: '5' } })
    const { text } = await broker.send({ path: chat, json: { ...ask, model: 'x$(touch /tmp/x)' } })
    expect(text).toContain('--model <name>')
    await broker.close()
  })
})

describe('members that are not understood', () => {
  const odd = { ...ask, service_tier: 3 }

  it.each(strict)('are refused on %s, and nothing is sent', async (_rule, place) => {
    const broker = await start(place)
    const answer = await broker.send({ path: chat, json: odd })
    expect([answer.status, answer.headers['vendo-error-code']]).toEqual([400, 'validation_failed'])
    expect(answer.text).toContain('service_tier')
    expect(broker.upstream.requests).toHaveLength(0)
    await broker.close()
  })

  it('pass untouched on an own credential without a cap, and flag the row', async () => {
    const broker = await start({ served: 'gpt-4o-mini' })
    expect((await broker.send({ path: chat, json: odd })).status).toBe(200)
    expect(broker.upstream.requests[0]?.body.toString()).toBe(JSON.stringify(odd))
    expect((await broker.calls())[0]?.flags).toContain('not_understood:service_tier')
    await broker.close()
  })

  it('a member that stands twice is one of them', async () => {
    const broker = await start({ served: 'gpt-4o-mini' })
    const headers = { 'content-type': 'application/json' }
    const body = `{"model":"gpt-4o-mini",${JSON.stringify(ask).slice(1)}`
    expect((await broker.send({ path: chat, headers, body })).status).toBe(200)
    expect((await broker.calls())[0]?.flags).toContain('not_understood:model')
    await broker.close()
  })
})

describe('a stored prompt that names the model', () => {
  const prompt = { prompt: { id: 'pmpt_1' }, max_output_tokens: 16 }
  const path = '/openai/v1/responses'

  it('passes on an own credential without a cap', async () => {
    const broker = await start({})
    expect((await broker.send({ path, json: prompt })).status).toBe(200)
    expect((await broker.calls())[0]).toMatchObject({ model: null, reason: 'price_unknown' })
    await broker.close()
  })

  it('is refused under a cap, and for keys that may use some models only', async () => {
    const broker = await start({ limits: { spend_total_usd: '5' } })
    expect((await broker.send({ path, json: prompt })).headers['vendo-error-code']).toBe('model_unpriced')
    const narrow = await broker.mint({ models: ['gpt-4o-*'] })
    const refused = await broker.send({ path, json: prompt, headers: { authorization: `Bearer ${narrow.key}` } })
    expect(refused.headers['vendo-error-code']).toBe('model_not_allowed')
    await broker.close()
  })
})
