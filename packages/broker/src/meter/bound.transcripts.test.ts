import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WireFormatName } from '@vendo/contract'
import { findProvider } from '@vendo/integrations/providers'
import { type ModelRates, rateTables } from '@vendo/integrations/rates'
import { recordingSets } from '@vendo/testkit'
import { readRequestFacts } from '@vendo/wire'
import { describe, expect, it } from 'vitest'
import { boundRequest, type RequestBound } from './bound.ts'
import { totalInput } from './price.ts'
import { createRateBook } from './rate-book.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

interface Expected {
  readonly provider: string
  readonly id: string
  readonly input_uncached: number
  readonly cache_read?: number
  readonly cache_write_total?: number
  readonly audio_in?: number
  readonly output: number
  readonly web_search?: number
}

const formats: Readonly<Record<string, { slug: string; wireFormat: WireFormatName }>> = {
  anthropic: { slug: 'anthropic', wireFormat: 'anthropic-messages' },
  'openai-chat': { slug: 'openai', wireFormat: 'openai-chat' },
  'openai-responses': { slug: 'openai', wireFormat: 'openai-responses' },
  'openai-responses-other': { slug: 'openai', wireFormat: 'openai-responses' },
  'openai-embeddings': { slug: 'openai', wireFormat: 'openai-embeddings' },
  openrouter: { slug: 'openrouter', wireFormat: 'openai-chat' },
  gemini: { slug: 'gemini', wireFormat: 'gemini-generate' },
}

/** An exchange with its request and the usage that its provider counted. */
interface Recording extends Expected {
  readonly folder: string
}

const listRecordings = (root: string): readonly Recording[] =>
  readFileSync(join(root, 'expected_usage.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Expected)
    .filter(({ provider, id }) => provider in formats && readdirSync(join(root, provider, id)).includes('request.json'))
    .map((expected) => ({ ...expected, folder: join(root, expected.provider, expected.id) }))

const at = Date.parse('2026-11-20')
const rateBook = createRateBook({ tables: rateTables, overrides: [] })
const unlisted = sampleModel('unlisted', [sampleRow({ input: '1', output: '1' })])

const boundOf = (
  expected: Recording,
  edit: (body: Record<string, unknown>) => Record<string, unknown>,
): RequestBound => {
  const { slug, wireFormat } = formats[expected.provider]!
  const recorded = (name: string) =>
    JSON.parse(readFileSync(join(expected.folder, name), 'utf8')) as Record<string, unknown>
  const body = edit(recorded('request.json'))
  const path = String(recorded('meta.json')['uri'])
  const facts = readRequestFacts(wireFormat, body, Buffer.byteLength(JSON.stringify(body)), { path })
  const ratesOf = (model: string): ModelRates => rateBook.find({ integration: slug, model, at }) ?? unlisted
  const bound = boundRequest({
    facts,
    rates: ratesOf(facts.model ?? ''),
    alternatives: facts.fallbackModels.map(ratesOf),
    modelRates: ratesOf,
    bound: findProvider(slug)!.bound,
    at,
    marginOf: () => '0',
    allowUnbounded: true,
  })
  if (!bound.ok) throw new Error(bound.message)
  return bound
}

const withLimit = (
  { provider }: Expected,
  { max_completion_tokens: _, ...body }: Record<string, unknown>,
  limit: number,
): Record<string, unknown> => {
  if (provider !== 'gemini') {
    return { ...body, [provider.startsWith('openai-responses') ? 'max_output_tokens' : 'max_tokens']: limit }
  }
  const config = (body['generationConfig'] ?? {}) as Record<string, unknown>
  return { ...body, generationConfig: { ...config, maxOutputTokens: limit } }
}

const inputOf = (expected: Expected): number =>
  expected.input_uncached + (expected.cache_read ?? 0) + (expected.cache_write_total ?? 0) + (expected.audio_in ?? 0)

const outputOf = ({ quantities }: RequestBound): number =>
  (quantities.output ?? 0) + (quantities.output_audio ?? 0) + (quantities.output_image ?? 0)

describe.each(recordingSets())('the bound of every request in $set', ({ root }) => {
  const recordings = listRecordings(root)

  it('finds recordings of every provider', () => {
    expect(recordings.length).toBeGreaterThanOrEqual(35)
    expect([...new Set(recordings.map(({ provider }) => provider))].sort()).toEqual(Object.keys(formats).sort())
  })

  it.each(recordings)('$provider $id is never exceeded', (expected) => {
    const bound = boundOf(expected, (body) => body)
    expect(totalInput(bound.quantities)).toBeGreaterThanOrEqual(inputOf(expected))
    expect(outputOf(bound)).toBeGreaterThanOrEqual(expected.output)
    expect(bound.quantities.web_search ?? 0).toBeGreaterThanOrEqual(expected.web_search ?? 0)
  })

  it.each(recordings)('$provider $id is not exceeded with a small limit either', (expected) => {
    const limit = Math.max(1, Math.floor(expected.output / 3))
    const bound = boundOf(expected, (body) => withLimit(expected, body, limit))
    expect(totalInput(bound.quantities)).toBeGreaterThanOrEqual(inputOf(expected))
    // The recorded answer, cut at the limit, as the provider would have cut it.
    expect(outputOf(bound)).toBeGreaterThanOrEqual(Math.min(expected.output, limit))
  })
})
