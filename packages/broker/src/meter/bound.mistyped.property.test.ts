import type { WireFormatName } from '@vendo/contract'
import { findProvider } from '@vendo/integrations/providers'
import { type RequestFacts, readRequestFacts } from '@vendo/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundRequest } from './bound.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

/** Has a rate for everything, so that nothing but size is compared. */
const usd = {
  ...{ input: '1', cache_read: '0.1', cache_write_5m: '1.25', cache_write_1h: '2', output: '5' },
  ...{
    input_audio: '3',
    cache_read_audio: '1',
    input_image: '2',
    output_audio: '9',
    output_image: '8',
    web_search: '1',
  },
}
const rates = sampleModel('m', [
  sampleRow(usd),
  { ...sampleRow({ ...usd, input: '2', output: '10' }), tier: 'priority' },
  { ...sampleRow({ ...usd, input: '0.5', output: '2' }), tier: 'flex' },
])

const providers: Readonly<Record<string, string>> = {
  'anthropic-messages': 'anthropic',
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  'gemini-generate': 'gemini',
}

/** The most that a call can cost; a request without a bound is refused, which costs nobody more than it should. */
const most = (wireFormat: WireFormatName, body: unknown): bigint | 'refused' => {
  const facts: RequestFacts = readRequestFacts(wireFormat, body, 2_000, { path: '/v1beta/models/m:generateContent' })
  const bound = boundRequest({
    facts,
    rates,
    alternatives: facts.fallbackModels.map(() => rates),
    modelRates: () => rates,
    bound: findProvider(providers[wireFormat] ?? '')?.bound ?? never(),
    at: Date.parse('2026-11-20'),
    marginOf: () => '0',
    allowUnbounded: false,
  })
  return bound.ok ? bound.chargeNanos : 'refused'
}

const never = (): never => {
  throw new Error('no such provider')
}

type Body = Readonly<Record<string, unknown>>
const part = { type: 'text', text: 'a' }
const bodies: readonly (readonly [WireFormatName, Body])[] = [
  [
    'anthropic-messages',
    {
      model: 'm',
      max_tokens: 9,
      stream: true,
      speed: 'standard',
      service_tier: 'standard_only',
      cache_control: { type: 'ephemeral', ttl: '5m' },
      thinking: { type: 'enabled', budget_tokens: 5 },
      output_config: { effort: 'low', task_budget: { type: 'tokens', total: 9 } },
      fallbacks: [{ model: 'm', max_tokens: 9 }],
      tools: [
        { name: 'a', input_schema: {} },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 1 },
      ],
      messages: [
        { role: 'user', content: [part, { type: 'image', source: { type: 'base64', data: 'AAAA' } }] },
        { role: 'user', content: [{ type: 'document', source: { type: 'base64', data: 'AAAA' } }] },
      ],
    },
  ],
  [
    'openai-chat',
    {
      model: 'm',
      models: ['m'],
      n: 2,
      max_tokens: 9,
      max_completion_tokens: 8,
      modalities: ['text', 'audio'],
      service_tier: 'flex',
      prompt_cache_options: { mode: 'implicit', ttl: '30m' },
      tools: [{ type: 'function', function: { name: 'a', parameters: {} } }],
      stream_options: { include_usage: true },
      messages: [
        { role: 'assistant', content: 'a', audio: { id: 'audio_1' } },
        {
          role: 'user',
          content: [
            part,
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } },
          ],
        },
      ],
    },
  ],
  [
    'openai-responses',
    {
      model: 'm',
      max_output_tokens: 9,
      max_tool_calls: 1,
      background: false,
      service_tier: 'flex',
      previous_response_id: 'resp_1',
      reasoning: { effort: 'low' },
      tools: [{ type: 'function', name: 'a', parameters: {} }, { type: 'web_search' }],
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'a' },
            { type: 'input_image', image_url: 'https://a.test' },
          ],
        },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { type: 'item_reference', id: 'msg_1' },
      ],
    },
  ],
  [
    'gemini-generate',
    {
      serviceTier: 'flex',
      generationConfig: { maxOutputTokens: 9, candidateCount: 2, responseModalities: ['TEXT'] },
      tools: [{ functionDeclarations: [] }],
      contents: [{ role: 'user', parts: [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }],
    },
  ],
]

type Path = readonly (string | number)[]

/** Every place in a body that holds something, but not the data of the client's. */
const pathsOf = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : Object.entries(value).flatMap(([key, inner]) =>
        key === 'input_schema' || key === 'parameters'
          ? []
          : [
              [...path, Array.isArray(value) ? Number(key) : key],
              ...pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
            ],
      )

const replaced = (value: unknown, [step, ...rest]: Path, edit: (old: unknown) => unknown): unknown => {
  if (step === undefined) return edit(value)
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaced(item, rest, edit) : item))
  return { ...(value as object), [step]: replaced((value as Body)[step], rest, edit) }
}

/** Values of every type; `null` is left out, for it takes a member away. */
const junk = fc.constantFrom<unknown>(0, 1, 3, 8.5, -1, true, false, '7', 'x', [], {}, [8], ['x'], { a: 1 }, [[]], [{}])

/** Gemini takes a single object where it expects a list, so that the one is no wrong type for the other. */
const kindOf = (value: unknown, wireFormat: WireFormatName): string =>
  Array.isArray(value) && wireFormat !== 'gemini-generate' ? 'list' : typeof value

describe.each(bodies)('%s: a member of a wrong type', (wireFormat, body) => {
  it('never makes the bound smaller', () => {
    const before = most(wireFormat, body)
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(body)), junk, (path, value) => {
        const edited = replaced(body, path, (old) =>
          kindOf(old, wireFormat) === kindOf(value, wireFormat) ? old : value,
        )
        const after = most(wireFormat, edited)
        if (after !== 'refused') expect(after).toBeGreaterThanOrEqual(before === 'refused' ? 2n ** 60n : before)
      }),
      { numRuns: 2_000 },
    )
  })

  it('never makes it smaller in another case either', () => {
    const before = most(wireFormat, body)
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(body)), (name) => {
        const { [name]: value, ...rest } = body
        const after = most(wireFormat, { ...rest, [name.toUpperCase()]: value })
        if (after !== 'refused') expect(after).toBeGreaterThanOrEqual(before === 'refused' ? 2n ** 60n : before)
      }),
    )
  })
})
