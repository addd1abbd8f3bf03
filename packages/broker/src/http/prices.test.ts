import { ratesSchema } from '@vendo/contract/api'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiFixture, createApiFixture } from './test/api-fixture.ts'

let fixture: ApiFixture

beforeEach(async () => {
  fixture = await createApiFixture()
})

const operate = (line: string, body?: unknown) => fixture.call(fixture.operator.key, line, body)

describe('rates', () => {
  const rate = { model: 'test-model', context_window: 8_000, max_output: 1_000, rates: { input: '1', output: '2.5' } }

  it('are set from now on, and the newest is listed', async () => {
    expect((await operate('PUT /api/rates/anthropic', rate)).body).toEqual({
      ...rate,
      source: 'PUT /api/rates',
      effective_from: '2026-11-20T12:00:00.000Z',
    })
    await operate('PUT /api/rates/anthropic', { ...rate, rates: { input: '3', output: '4' } })
    await operate('PUT /api/rates/openai', rate)
    const { body } = await fixture.call(fixture.a.management.key, 'GET /api/rates/anthropic')
    expect(ratesSchema.parse(body).rates).toHaveLength(1)
    expect(body).toMatchObject({ rates: [{ model: 'test-model', rates: { input: '3', output: '4' } }] })
    expect(fixture.directoryChanges()).toBe(3)
  })

  it('are set from later on, beside those of now', async () => {
    await operate('PUT /api/rates/anthropic', rate)
    const later = { ...rate, rates: { input: '7', output: '8' }, effective_from: '2026-12-01T00:00:00.000Z' }
    expect((await operate('PUT /api/rates/anthropic', later)).body).toEqual({ ...later, source: 'PUT /api/rates' })
    const { rates } = ratesSchema.parse((await operate('GET /api/rates/anthropic')).body)
    expect(rates.map(({ rates: { input }, effective_from }) => [input, effective_from])).toEqual([
      ['1', '2026-11-20T12:00:00.000Z'],
      ['7', '2026-12-01T00:00:00.000Z'],
    ])
  })

  it("are listed with the catalog's own", async () => {
    const { rates, table } = ratesSchema.parse((await operate('GET /api/rates/anthropic')).body)
    expect(rates).toEqual([])
    const haiku = table.find(({ model }) => model === 'claude-haiku-4-5')
    expect(haiku?.context_window).toBe(200_000)
    const lists = (haiku?.price_lists ?? []).map(({ tier, rates: { input, output } }) => [tier, input, output])
    expect(lists).toEqual([
      [undefined, '1', '5'],
      ['batch', '0.5', '2.5'],
    ])
  })

  it.each([
    ['an instant in the past', 'openai', { effective_from: '2026-11-20T11:59:59.999Z' }, '400 validation_failed'],
    ['an unknown integration', 'opnai', {}, '404 provider_unknown'],
    ['an integration that is not proxied', 'telegram', {}, '404 provider_unknown'],
    ['an unknown meter', 'openai', { rates: { tokens: '1' } }, '400 validation_failed'],
    ['a negative rate', 'openai', { rates: { input: '-1' } }, '400 validation_failed'],
    ['a rate that is a number', 'openai', { rates: { input: 1 } }, '400 validation_failed'],
    ['a rate beyond reason', 'openai', { rates: { input: '1000000.1' } }, '400 validation_failed'],
    ['no context window', 'openai', { context_window: 0 }, '400 validation_failed'],
  ])('refuse %s', async (_rule, slug, change, refusal) => {
    const answer = await operate(`PUT /api/rates/${slug}`, { ...rate, ...change })
    expect(`${answer.status} ${answer.headers.get('vendo-error-code')}`).toBe(refusal)
  })
})

describe('POST /api/rates/openrouter/import', () => {
  const models = {
    data: [
      { id: 'vendor/model', context_length: 1_000, pricing: { prompt: '0.000001', completion: '0.000002' } },
      { id: 'vendor/auto', context_length: 1_000, pricing: { prompt: '-1', completion: '-1', odd_price: '0' } },
    ],
  }

  it('imports what has a price, once', async () => {
    const first = await operate('POST /api/rates/openrouter/import', models)
    expect([first.status, first.body]).toEqual([
      200,
      {
        imported: 1,
        unchanged: 0,
        skipped: [{ model: 'vendor/auto', reason: 'variable price for prompt' }],
        ignored: { odd_price: 1 },
      },
    ])
    const again = await operate('POST /api/rates/openrouter/import', models)
    expect(again.body).toMatchObject({ imported: 0, unchanged: 1 })
    expect(await fixture.store.listRateOverrides()).toHaveLength(1)
    expect(fixture.directoryChanges()).toBe(1)
  })

  it('takes a body that is larger than other addresses take', async () => {
    const described = {
      ...models,
      data: models.data.map((model) => ({ ...model, description: 'x'.repeat(1_000_000) })),
    }
    expect((await operate('POST /api/rates/openrouter/import', described)).status).toBe(200)
  })

  it.each([{}, { data: {} }, { data: [{ id: 1 }] }])('refuses %j', async (body) => {
    const answer = await operate('POST /api/rates/openrouter/import', body)
    expect([answer.status, answer.headers.get('vendo-error-code')]).toEqual([400, 'validation_failed'])
  })
})
