import { rateTables } from '@vendo/integrations/rates'
import { describe, expect, it } from 'vitest'
import type { MarginOf } from './amount.ts'
import { boundSound, countsSoundTokens, pricesSound } from './bound-sound.ts'
import { createRateBook } from './rate-book.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'
import { chargeFor } from './settle-charge.ts'

const at = Date.parse('2026-11-20')
const rateBook = createRateBook({ tables: rateTables, overrides: [] })
const rates = (model: string) => {
  const found = rateBook.find({ integration: 'openai', model, at })
  if (found === undefined) throw new Error(`no rates for ${model}`)
  return found
}

const bound = (names: readonly string[], bytes: number, marginOf: MarginOf = () => '0.2') =>
  boundSound({ models: names.map(rates), bytes, leastBytesPerSecond: 750, at, marginOf: () => marginOf })

describe('the bound of sound', () => {
  it.each([
    // 1,500,000 / 750 = 2,000 s × 0.0001 = 0.20 USD, and 0.24 with the margin.
    ['whisper-1', 1_500_000, 200_000_000n, 240_000_000n, { audio_second: 2_000 }, 0],
    // One byte is a begun second: 0.0001 USD.
    ['whisper-1', 1, 100_000n, 120_000n, { audio_second: 1 }, 0],
    // 28,311,552 / 750 = 37,748.736, so 37,749 s × 0.000075 = 2.831175 USD, × 1.2 = 3.39741.
    ['gpt-transcribe', 28_311_552, 2_831_175_000n, 3_397_410_000n, { audio_second: 37_749 }, 0],
    // 16,000 × 2.50 + 16,000 × 10 USD per million = 0.04 + 0.16 = 0.20, × 1.2 = 0.24.
    ['gpt-4o-transcribe', 28_311_552, 200_000_000n, 240_000_000n, { input: 16_000, output: 16_000 }, 32_000],
    // Half of that.
    ['gpt-4o-mini-transcribe', 1, 100_000_000n, 120_000_000n, { input: 16_000, output: 16_000 }, 32_000],
  ])('%s with %i bytes', (model, bytes, listNanos, chargeNanos, quantities, tokens) => {
    const found = bound([model], bytes)
    expect(found).toMatchObject({ listNanos, chargeNanos, quantities, tokens })
    expect(found.lines().reduce((total, line) => total + line.chargeNanos, 0n)).toBe(chargeNanos)
    expect(found.fittingMaxOutput(10n ** 12n, 'list')).toBe(undefined)
  })

  it('of several models is that of the dearest, and its tokens are those of any', () => {
    const names = ['gpt-4o-transcribe', 'whisper-1']
    // From 1.5 MB on the seconds are dearer.
    expect(bound(names, 1_499_250)).toMatchObject({ listNanos: 200_000_000n, quantities: { input: 16_000 } })
    const large = bound(names, 1_500_750)
    expect(large).toMatchObject({ listNanos: 200_100_000n, quantities: { audio_second: 2_001 }, tokens: 32_000 })
  })

  it('is the dearest on either basis, and of either kind of token in', () => {
    const marginOf: MarginOf = (meter) => (meter === 'audio_second' ? '0' : meter === 'input_audio' ? '1' : '0.5')
    const found = bound(['gpt-4o-transcribe', 'whisper-1'], 1_650_000, marginOf)
    // List: whisper's 2,200 s = 0.22. Charge: 0.04 × 2 + 0.16 × 1.5 = 0.32.
    expect(found).toMatchObject({ listNanos: 220_000_000n, chargeNanos: 320_000_000n })
    expect(found.quantities).toEqual({ input_audio: 16_000, output: 16_000 })
  })

  it.each([
    ['by the second', { audio_second: '0.0001' }, true, false],
    ['by the token', { input: '1', input_audio: '1', output: '1' }, true, true],
    ['without a rate for sound', { input: '1', output: '1' }, false, false],
    ['without a rate for text out', { input: '1', input_audio: '1' }, false, false],
    ['as the embeddings are', { input: '1' }, false, false],
  ])('a model priced %s', (_name, usd, prices, counts) => {
    const model = sampleModel('m', [sampleRow(usd)])
    expect([pricesSound(model, at), countsSoundTokens(model, at)]).toEqual([prices, counts])
  })
})

describe('what it comes to', () => {
  const charge = (model: string, quantities: object) =>
    chargeFor({
      reading: {
        usage: { quantities },
        served: {},
        complete: true,
        final: true,
        pending: false,
        failed: false,
        flags: [],
        visibleOutputBytes: 0,
      },
      status: 200,
      end: 'complete',
      bound: bound([model], 75_000),
      rates: rates(model),
      requestModel: model,
      integration: 'openai',
      rateBook,
      reportsCost: false,
      marginOf: () => '0.2',
      at,
      byok: false,
    })

  it.each([
    // 95 s × 0.0001 = 0.0095 USD, × 1.2 = 0.0114.
    ['whisper-1', { audio_second: 95 }, 9_500_000n, 11_400_000n, 0, []],
    // 61 s × 0.000075 = 0.004575, × 1.2 = 0.00549.
    ['gpt-transcribe', { audio_second: 61 }, 4_575_000n, 5_490_000n, 0, []],
    // (10 + 104) × 2.50 + 21 × 10 = 285 + 210 = 495 USD per million, × 1.2 = 594.
    ['gpt-4o-transcribe', { input: 10, input_audio: 104, output: 21 }, 495_000n, 594_000n, 135, []],
    // 75,000 bytes hold 100 s at 6 kbit/s. More is charged, and told.
    ['whisper-1', { audio_second: 101 }, 10_100_000n, 12_120_000n, 0, ['above_hold']],
    ['whisper-1', { audio_second: 0 }, 0n, 0n, 0, []],
  ])('%s', (model, quantities, listNanos, chargeNanos, tokens, flags) => {
    expect(charge(model, quantities)).toMatchObject({
      state: 'actual',
      listNanos,
      walletNanos: chargeNanos,
      quantities,
      tokens,
      flags,
    })
  })

  it('seconds of a model that is billed by the token have no rate: charged at its bound', () => {
    expect(charge('gpt-4o-transcribe', { audio_second: 9 })).toMatchObject({
      state: 'estimated',
      reason: 'unpriced',
      flags: ['unpriced:audio_second'],
      listNanos: 200_000_000n,
    })
  })
})

describe('RateBook.list', () => {
  it('has every model once, as an operator set it', () => {
    const override = {
      integration: 'openai',
      model: 'gpt-4o-mini-transcribe-2025-03-20',
      contextWindow: 1,
      maxOutput: 1,
      usd: { audio_second: '1' },
      source: 'test',
      effectiveFrom: at,
    }
    const tables = [
      { provider: 'openai', models: [rates('whisper-1'), rates('gpt-4o-mini-transcribe')] },
      { provider: 'gemini', models: [sampleModel('other', [])] },
    ]
    const house = { ...override, model: 'house-transcribe' }
    const book = createRateBook({ tables, overrides: [override, house] })
    const list = (instant: number) => book.list({ integration: 'openai', at: instant }).map(({ model }) => model)
    expect(list(at - 1)).toEqual(['gpt-4o-mini-transcribe', 'whisper-1'])
    expect(list(at)).toEqual(['gpt-4o-mini-transcribe-2025-03-20', 'whisper-1', 'house-transcribe'])
    expect(book.list({ integration: 'telegram', at })).toEqual([])
  })
})
