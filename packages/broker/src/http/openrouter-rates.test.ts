import { nanosFromUsd } from '@vendo/contract'
import { openRouterModelsSchema } from '@vendo/contract/api'
import { findProvider } from '@vendo/integrations/providers'
import { describe, expect, it } from 'vitest'
import { changedRates, ratesFrom } from './changed-rates.ts'
import { openRouterRates } from './openrouter-rates.ts'

const model = (change: Record<string, unknown> = {}, pricing: Record<string, unknown> = {}) => ({
  id: 'vendor/model',
  context_length: 200_000,
  top_provider: { max_completion_tokens: 8_192 },
  pricing: { prompt: '0.000003', completion: '0.000015', ...pricing },
  ...change,
})
const ratesOf = (...data: unknown[]) => openRouterRates(openRouterModelsSchema.parse({ data }), 7)

describe('openRouterRates', () => {
  it.each([
    ['0.000003', '3'],
    ['0.00000015', '0.15'],
    ['0.000000123456', '0.123456'],
    ['0', '0'],
    ['0.0000000', '0'],
    ['0.000000075', '0.075'],
    ['0.00000000000001', '0.00000001'],
    ['1', '1000000'],
    ['12.5', '12500000'],
  ])('turns %s USD per token into %s per million, exactly', (perToken, perMillion) => {
    expect(ratesOf(model({}, { prompt: perToken })).overrides[0]?.usd.input).toBe(perMillion)
  })

  it('knows every price that Vendo has a meter for', () => {
    const prices = {
      input_cache_read: '0.0000003',
      input_cache_write: '0.00000375',
      input_cache_write_1h: '0.000006',
      audio: '0.00001',
      audio_output: '0.00002',
      input_audio_cache: '0.000001',
      image_token: '0.000004',
      web_search: '0.01',
      request: '0.005',
    }
    const { overrides, ignored } = ratesOf(model({}, prices))
    expect(ignored).toEqual({})
    expect(overrides).toEqual([
      {
        integration: 'openrouter',
        model: 'vendor/model',
        contextWindow: 200_000,
        maxOutput: 8_192,
        usd: {
          input: '3',
          output: '15',
          cache_read: '0.3',
          cache_write_5m: '3.75',
          cache_write_1h: '6',
          input_audio: '10',
          output_audio: '20',
          cache_read_audio: '1',
          input_image: '4',
          web_search: '0.01',
          request: '0.005',
        },
        source: 'https://openrouter.ai/api/v1/models',
        effectiveFrom: 7,
      },
    ])
  })

  it('counts the prices it has no meter for, and what is no price', () => {
    const { overrides, ignored } = ratesOf(
      model({}, { image_output: '0', internal_reasoning: '0' }),
      model({ id: 'vendor/other' }, { image_output: '0.0', discount: 0.5 }),
    )
    expect(overrides).toHaveLength(2)
    expect(ignored).toEqual({ image_output: 2, internal_reasoning: 1, discount: 1 })
  })

  it('takes the dearest of conditional prices', () => {
    const conditional = [
      { min_prompt_tokens: 200_000, prompt: '0.000006', input_cache_read: '0.0000006' },
      { utc_start: 100, utc_end: 500, utc_days: ['monday'], completion: '0.00001' },
    ]
    const { overrides, skipped } = ratesOf(model({}, { input_cache_read: '0.0000003', overrides: conditional }))
    expect(skipped).toEqual([])
    expect(overrides[0]?.usd).toEqual({ input: '6', output: '15', cache_read: '0.6' })
  })

  it('spreads the price of a picture over the tokens that are held for one, on top of them', () => {
    const [rate] = ratesOf(model({}, { image: '0.005', input_cache_write_1h: '0.000006' })).overrides
    const perPicture = nanosFromUsd(rate!.usd.input_image!) * BigInt(findProvider('openrouter')!.bound.imageTokens)
    const tokens = nanosFromUsd('6') * BigInt(findProvider('openrouter')!.bound.imageTokens)
    expect(perPicture - tokens).toBeGreaterThanOrEqual(nanosFromUsd('0.005') * 1_000_000n)
    expect(perPicture - tokens).toBeLessThan(nanosFromUsd('0.0051') * 1_000_000n)
  })

  it.each([
    ['a variable price', model({}, { prompt: '-1', completion: '-1' }), 'variable price for prompt'],
    ['no price for the answer', model({ pricing: { prompt: '0.1' } }), 'no price for completion'],
    ['a price that is no decimal', model({}, { completion: '1e-6' }), 'unreadable price for completion'],
    ['a price that is a number', model({}, { prompt: 0.000003 }), 'unreadable price for prompt'],
    ['another negative price', model({}, { request: '-0.5' }), 'unreadable price for request'],
    ['a price for hidden reasoning', model({}, { internal_reasoning: '0.000001' }), /no meter for: internal_reasoning/],
    ['a price that is new', model({}, { toString: '1' }), /no meter for: toString/],
    ['a picture at any price', model({}, { image: '-1' }), 'variable price for image'],
    ['a condition that is new', model({}, { overrides: [{ moon: 'full', prompt: '0.1' }] }), /no meter for: moon/],
    ['a conditional price that is none', model({}, { overrides: [{ prompt: 1 }] }), 'unreadable price for prompt'],
    ['conditions that are no list', model({}, { overrides: {} }), 'unreadable conditional prices'],
    ['no context length', model({ context_length: null }), 'no context length'],
    ['a context length of 0', model({ context_length: 0 }), 'no context length'],
  ])('skips a model with %s and says why', (_rule, listed, reason) => {
    const expected = typeof reason === 'string' ? reason : expect.stringMatching(reason)
    expect(ratesOf(listed)).toMatchObject({ overrides: [], skipped: [{ model: 'vendor/model', reason: expected }] })
  })

  it.each([null, undefined, { max_completion_tokens: null }, { max_completion_tokens: 0 }])(
    'takes the context window for the longest answer of a model with %j',
    (top_provider) => {
      expect(ratesOf(model({ top_provider })).overrides[0]?.maxOutput).toBe(200_000)
    },
  )
})

describe('changedRates', () => {
  const [rate] = ratesOf(model()).overrides

  it('leaves out what is in force already, whatever its age and the order of its meters', () => {
    const earlier = { ...rate!, effectiveFrom: 1, usd: { output: '15', input: '3' } }
    expect(changedRates([rate!], [earlier], 7)).toEqual([])
  })

  it('compares with the newest only', () => {
    const older = { ...rate!, effectiveFrom: 1 }
    const newer = { ...rate!, effectiveFrom: 2, usd: { input: '4', output: '15' } }
    expect(changedRates([rate!], [newer, older], 7)).toEqual([rate])
  })

  it('does not take what comes later for what is in force', () => {
    const later = { ...rate!, effectiveFrom: 8 }
    const inForce = { ...rate!, effectiveFrom: 2, usd: { input: '4', output: '15' } }
    expect(changedRates([rate!], [inForce, later], 7)).toEqual([rate])
  })
})

describe('ratesFrom', () => {
  const [rate] = ratesOf(model()).overrides
  const at = (effectiveFrom: number, changes = {}) => ({ ...rate!, effectiveFrom, ...changes })

  it.each([
    ['the newest that is in effect', [at(1), at(3), at(5)], [at(5)]],
    ['what comes later, beside it', [at(1), at(3), at(9), at(12)], [at(3), at(9), at(12)]],
    [
      'the last of one instant',
      [at(3), at(3, { maxOutput: 1 }), at(9), at(9, { maxOutput: 2 })],
      [at(3, { maxOutput: 1 }), at(9, { maxOutput: 2 })],
    ],
    ['what comes later, when nothing is in effect', [at(8), at(9)], [at(8), at(9)]],
    ['each model for itself', [at(1), at(2, { model: 'other' })], [at(1), at(2, { model: 'other' })]],
  ])('shows %s', (_rule, overrides, shown) => {
    expect(ratesFrom(overrides, 7)).toEqual(shown)
  })
})
