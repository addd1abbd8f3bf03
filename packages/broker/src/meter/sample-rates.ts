import type { Meter } from '@vendo/contract'
import type { ModelRates, RateRow } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'

/** For tests: a price list in force since 2020 unless its conditions say otherwise. */
export const sampleRow = (
  usd: Readonly<Partial<Record<Meter, string>>>,
  conditions: Partial<Omit<RateRow, 'usd'>> = {},
): RateRow => ({
  effectiveFrom: '2020-01-01',
  ...conditions,
  usd,
  source: 'https://example.com',
  checked: '2026-11-01',
})

/** For tests: a model of 200,000 tokens in and 64,000 out. */
export const sampleModel = (
  model: string,
  rates: readonly RateRow[],
  limits: Partial<Pick<ModelRates, 'aliases' | 'contextWindow' | 'maxOutput'>> = {},
): ModelRates => ({ model, aliases: [], contextWindow: 200_000, maxOutput: 64_000, ...limits, rates })

const haikuUsd = {
  input: '1',
  cache_read: '0.1',
  cache_write_5m: '1.25',
  cache_write_1h: '2',
  output: '5',
  web_search: '0.01',
}

/** For tests: a small, cheap model. */
export const sampleHaiku = sampleModel('claude-haiku-4-5', [sampleRow(haikuUsd)], {
  aliases: ['claude-haiku-4-5-20251001'],
})

/** For tests: a request of 200 bytes for at most 1,024 tokens, without anything special. */
export const sampleFacts = (facts: Partial<RequestFacts> = {}): RequestFacts => ({
  model: 'claude-haiku-4-5',
  fallbackModels: [],
  fallbacksAddUp: false,
  stream: false,
  textBytes: 200,
  images: 0,
  documents: [],
  audioBytes: 0,
  remoteReferences: 0,
  serverTools: [],
  hasTools: false,
  maxOutputTokens: 1_024,
  choices: 1,
  cacheWrite: 'none',
  asksForUsage: false,
  background: false,
  asksForReasoning: false,
  outputModalities: ['text'],
  notUnderstood: [],
  storedReferences: [],
  ...facts,
})
