import type { Meter } from '@vendo/contract'

/** Disagreements that somebody looked into. One stops being covered as soon as either price changes. */
export interface ReviewedDisagreement {
  readonly provider: string
  readonly models: readonly string[]
  /** Pairs of our price and theirs, `none` where there is none. */
  readonly prices: Readonly<Partial<Record<Meter, readonly (readonly [ours: string, theirs: string])[]>>>
  readonly reason: string
}

const withoutBand = {
  input: [['3', '6']],
  cache_read: [['0.3', '0.6']],
  cache_write_5m: [['3.75', '7.5']],
  cache_write_1h: [['6', '12']],
  output: [['15', '22.5']],
} as const

const oneTokenEarlier =
  'They begin the long band one token later, at 272,001. The hold takes the dearer; the cost is the one reported.'

const transcribePrices =
  'Theirs are those of March 2025. The pages of the models now have one price for tokens in, sound included.'

/** Where our tables differ from the second source on purpose. */
export const reviewedDisagreements: readonly ReviewedDisagreement[] = [
  {
    provider: 'anthropic',
    models: ['claude-sonnet-5-5'],
    prices: { cache_read: [['0.1', '0.2']] },
    reason: 'The price fell in October 2026; they file the model under claude-sonnet-5, whose price did not.',
  },
  {
    provider: 'anthropic',
    models: ['claude-sonnet-4-5'],
    prices: withoutBand,
    reason: 'The long context ended on 2026-04-30 and such requests fail; they keep its price as history.',
  },
  {
    provider: 'openai',
    models: ['gpt-4o-mini-search-preview'],
    prices: { cache_read: [['none', '0.075']], web_search: [['0.025', '0.01']], file_search: [['none', '0.0025']] },
    reason: 'They file it under gpt-4o-mini. Search models have their own fee, no cache and no file search.',
  },
  {
    provider: 'openai',
    models: ['gpt-4o-audio-preview', 'gpt-4o-audio-preview-2024-10-01', 'gpt-4o-mini-audio-preview'],
    prices: {
      input_audio: [
        ['40', '2.5'],
        ['100', '2.5'],
        ['10', '0.15'],
      ],
      output_audio: [
        ['80', '10'],
        ['200', '10'],
        ['20', '0.6'],
      ],
    },
    reason: "They list no audio for it, so that it falls back to text; ours are those of LiteLLM's price map.",
  },
  {
    provider: 'openai',
    models: ['gpt-4o-transcribe', 'gpt-4o-transcribe-diarize'],
    prices: { input_audio: [['2.5', '6']] },
    reason: transcribePrices,
  },
  {
    provider: 'openai',
    models: ['gpt-4o-mini-transcribe'],
    prices: { input_audio: [['1.25', '3']] },
    reason: transcribePrices,
  },
  {
    provider: 'openrouter',
    models: ['anthropic/claude-sonnet-4.5'],
    prices: withoutBand,
    reason: 'The context window has ended at 200,000 tokens since 2026-04-30.',
  },
  {
    provider: 'openrouter',
    models: ['openai/gpt-6-sol', 'openai/gpt-6-luna'],
    prices: { web_search: [['0.1', '0.01']] },
    reason: 'The hold takes the dearest search engine that a caller can choose; the cost is the one reported.',
  },
  {
    provider: 'openrouter',
    models: ['openai/gpt-5.6-sol'],
    prices: {
      input: [
        ['4', '2'],
        ['8', '2'],
        ['8', '4'],
      ],
      cache_read: [
        ['0.4', '0.2'],
        ['0.8', '0.2'],
        ['0.8', '0.4'],
      ],
      cache_write_5m: [
        ['5', '2.5'],
        ['10', '2.5'],
        ['10', '5'],
      ],
      output: [
        ['20', '10'],
        ['30', '10'],
        ['30', '15'],
      ],
    },
    reason: "The hold takes OpenAI's own price, the dearest at which it can be served; the cost is the one reported.",
  },
  {
    provider: 'openrouter',
    models: [
      'openai/gpt-5.6-terra',
      'openai/gpt-5.6-luna',
      'openai/gpt-5.5',
      'openai/gpt-5.5-pro',
      'openai/gpt-5.4',
      'openai/gpt-5.4-pro',
    ],
    prices: {
      input: [
        ['4', '2'],
        ['0.4', '0.2'],
        ['10', '5'],
        ['60', '30'],
        ['5', '2.5'],
      ],
      cache_read: [
        ['0.4', '0.2'],
        ['0.04', '0.02'],
        ['1', '0.5'],
        ['0.5', '0.25'],
      ],
      cache_write_5m: [
        ['5', '2.5'],
        ['0.5', '0.25'],
      ],
      output: [
        ['18', '12'],
        ['1.8', '1.2'],
        ['45', '30'],
        ['270', '180'],
        ['22.5', '15'],
      ],
    },
    reason: oneTokenEarlier,
  },
  {
    provider: 'openrouter',
    models: ['openai/gpt-audio', 'openai/gpt-audio-mini', 'openai/gpt-4o-audio-preview'],
    prices: {
      input_audio: [
        ['32', '2.5'],
        ['10', '0.6'],
        ['40', '2.5'],
      ],
      output_audio: [
        ['64', '10'],
        ['20', '2.4'],
        ['80', '10'],
      ],
    },
    reason: 'They list no audio for it here, so that it falls back to text; under openai they have our price.',
  },
  {
    provider: 'openrouter',
    models: [
      'google/gemini-2.5-flash-lite',
      'google/gemini-3-flash-preview',
      'google/gemini-3.1-pro-preview',
      'google/gemini-3.1-flash-lite',
      'google/gemini-3.5-flash',
    ],
    prices: {
      cache_write_5m: [
        ['0.1834', '0.08333333333333334'],
        ['0.5834', '0.08333333333333334'],
        ['2.375', '0.375'],
        ['0.3334', '0.08333333333333334'],
        ['1.5834', '0.08333333333333334'],
      ],
    },
    reason: 'Theirs is the fee for five minutes of storage alone; what is stored is also charged as input.',
  },
  {
    provider: 'openrouter',
    models: ['z-ai/glm-4.6'],
    prices: { input: [['0.6', '0.43']], cache_read: [['0.11', '0.08']], output: [['2.2', '1.74']] },
    reason: 'The hold takes a dear endpoint, theirs is a cheap one; the cost is the one reported.',
  },
]
