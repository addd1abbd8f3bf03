import { isVendoError } from '@vendo/contract'
import type { RateTable } from '@vendo/integrations/rates'
import { describe, expect, it } from 'vitest'
import { planRates } from './plan-rates.ts'
import { readRateList } from './read-rate-list.ts'

const openRouter = JSON.stringify({
  data: [
    { id: 'maker/one', context_length: 1000, pricing: { prompt: '0.000003', completion: '0.000015' } },
    { id: 'maker/auto', context_length: 1000, pricing: { prompt: '-1', completion: '-1' } },
  ],
})
const liteLlm = `{
  "sample_spec": { "litellm_provider": "openai", "input_cost_per_token": 0 },
  "one": { "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "max_output_tokens": 100,
    "input_cost_per_token": 1.23456789012345678e-06, "output_cost_per_token": 2e-06, "cache_read_input_token_cost": 1e-07,
    "input_cost_per_token_batches": 5e-07, "search_context_cost_per_query": { "low": 0.01, "high": 0.025 } },
  "gemini/two": { "litellm_provider": "gemini", "mode": "chat", "max_input_tokens": 1000, "input_cost_per_token": 1e-06,
    "input_cost_per_token_above_200k_tokens": 2e-06, "output_cost_per_token": 0 },
  "three": { "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "input_cost_per_token": -1 },
  "four": { "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "input_cost_per_token": 1e-06,
    "output_cost_per_token": 1e-06, "input_cost_per_hologram": 1 },
  "five": { "litellm_provider": "openai", "mode": "image_generation", "input_cost_per_image": 1 },
  "six": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06 },
  "seven": { "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 10, "input_cost_per_token": 1e-06 },
  "eight": { "litellm_provider": "bedrock", "mode": "chat" }
}`
const modelsDev = `{
  "google": { "id": "google", "models": { "one": { "cost": { "input": 0.1, "output": 0.40, "cache_read": 0.0250000000000000001 },
    "limit": { "context": 1000, "output": 50 } } } },
  "openai": { "models": {
    "two": { "cost": { "input": 1, "output": 2, "reasoning": 3 }, "limit": { "context": 10 } },
    "three": { "cost": { "input": 1, "output": 2, "holograms": 3 }, "limit": { "context": 10 } },
    "four": { "limit": { "context": 10 } },
    "five": { "cost": { "input": 1, "output": 2, "context_over_200k": { "input": 2 } }, "limit": { "context": 10 } } } },
  "groq": { "models": { "six": {}, "seven": {} } }
}`

describe('a list of prices', () => {
  it.each([
    ['openrouter', openRouter],
    ['litellm', liteLlm],
    ['models.dev', modelsDev],
  ] as const)('is known by its shape: %s', (format, text) => {
    expect(readRateList(text).format).toBe(format)
    expect(readRateList(`\uFEFF${text}`, format).format).toBe(format)
  })

  it.each(['nothing', '[]', '1', '{}', '{"a":{"b":1}}', '{"data":[{"id":1}]}'])('is none: %s', (text) => {
    let failure: unknown
    try {
      readRateList(text)
    } catch (error) {
      failure = error
    }
    expect(isVendoError(failure) && failure.code).toBe('validation_failed')
  })

  it('of LiteLLM is read digit by digit, and what cannot be taken over is named', () => {
    const { rates, skipped, ignored, elsewhere } = readRateList(liteLlm)
    expect(rates).toEqual([
      {
        ...{ integration: 'openai', model: 'one', contextWindow: 1000, maxOutput: 100, banded: false },
        usd: { input: '1.23456789012345678', output: '2', cache_read: '0.1', web_search: '0.025' },
      },
      {
        ...{ integration: 'gemini', model: 'two', contextWindow: 1000, maxOutput: 1000, banded: true },
        usd: { input: '1', output: '0' },
      },
    ])
    expect(skipped).toEqual([
      { model: 'three', reason: 'unreadable price for input_cost_per_token' },
      { model: 'four', reason: 'a price that Vendo has no meter for: input_cost_per_hologram' },
      { model: 'five', reason: 'the mode "image_generation"' },
      { model: 'six', reason: 'no context length' },
      { model: 'seven', reason: 'no price for output' },
    ])
    expect([ignored, elsewhere]).toEqual([{ input_cost_per_token_batches: 1 }, 1])
  })

  it('of models.dev is too', () => {
    const { rates, skipped, elsewhere } = readRateList(modelsDev)
    expect(rates.map(({ integration, model, usd, banded }) => [integration, model, usd, banded])).toEqual([
      ['gemini', 'one', { input: '0.1', output: '0.4', cache_read: '0.0250000000000000001' }, false],
      ['openai', 'five', { input: '1', output: '2' }, true],
    ])
    expect(skipped).toEqual([
      { model: 'openai: two', reason: 'another price for reasoning' },
      { model: 'openai: three', reason: 'a price that Vendo has no meter for: holograms' },
      { model: 'openai: four', reason: 'no prices' },
    ])
    expect(elsewhere).toBe(2)
  })
})

describe('a plan', () => {
  const at = Date.parse('2026-12-01')
  const row = { effectiveFrom: '2020-01-01', source: 'https://example.com', checked: '2020-01-01' }
  const model = (name: string, usd: object, more: readonly object[] = []) => ({
    ...{ model: name, aliases: [`${name}-latest`], contextWindow: 1000, maxOutput: 100 },
    rates: [{ ...row, usd }, ...more.map((change) => ({ ...row, usd, ...change }))],
  })
  const models = [
    model('same', { input: '1.0', output: '2', web_search: '0.01' }),
    model('other', { input: '1', output: '2', web_search: '0.01' }),
    model('tiered', { input: '1', output: '2' }, [{ tier: 'flex' }]),
  ]
  const tables: readonly RateTable[] = [{ provider: 'openai', models }]
  const cost = (input: number) => ({ cost: { input, output: 2 }, limit: { context: 500, output: 900 } })
  const list = readRateList(
    JSON.stringify({
      openai: { models: { same: cost(1), 'other-latest': cost(3), tiered: cost(3), new: cost(4) } },
    }),
  )
  const plan = planRates({ list, tables, overrides: [], source: 'https://example.com/api.json', at })

  it('keeps what only the present rates have, takes names for what they are, and leaves tiers alone', () => {
    expect(plan.unchanged).toBe(1)
    expect(plan.skipped).toMatchObject([{ model: 'openai: tiered', reason: expect.stringContaining('tiers') }])
    expect(plan.changes.map(({ override: { model, usd }, before }) => [model, usd, before])).toEqual([
      ['other', { input: '3', output: '2', web_search: '0.01' }, { input: '1', output: '2', web_search: '0.01' }],
      ['new', { input: '4', output: '2' }, undefined],
    ])
    expect(plan.changes[0]?.override).toMatchObject({
      ...{ contextWindow: 500, maxOutput: 500, source: 'https://example.com/api.json', effectiveFrom: at },
    })
  })

  it('changes nothing the second time', () => {
    const overrides = plan.changes.map(({ override }) => override)
    expect(planRates({ list, tables, overrides, source: 'again', at: at + 1 })).toMatchObject({
      changes: [],
      unchanged: 3,
    })
  })
})
