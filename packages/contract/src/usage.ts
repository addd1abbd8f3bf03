/**
 * What a call can be charged for. Token meters are disjoint: a token is counted under exactly one of them, whatever the
 * provider's own fields include in each other. Audio and image tokens are not part of `input` or `output`.
 */
export const meters = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'input_audio',
  'cache_read_audio',
  'output_audio',
  'input_image',
  'output_image',
  'web_search',
  'web_fetch',
  'code_execution',
  'file_search',
  'image_generation',
  'request',
  'audio_second',
] as const

/** One entry of {@link meters}: the first ten count tokens, `audio_second` begun seconds of sound, the others uses. */
export type Meter = (typeof meters)[number]

const perUnit: ReadonlySet<Meter> = new Set([
  'web_search',
  'web_fetch',
  'code_execution',
  'file_search',
  'image_generation',
  'request',
  'audio_second',
])

/** Whether a meter counts tokens (rates per million) or uses and seconds (rates for one). */
export const isTokenMeter = (meter: Meter): boolean => !perUnit.has(meter)

/** Whole counts by meter. An absent meter is unknown or does not exist in this answer; it is never a written-out zero. */
export type Quantities = Readonly<Partial<Record<Meter, number>>>

/** What one answer of a provider says it consumed. */
export interface Usage {
  readonly quantities: Quantities
  /** Output tokens spent on reasoning, for display: already inside `quantities.output`. */
  readonly reasoning?: number
  /** The cost that the provider itself reports for the call (OpenRouter), as a decimal string of USD. */
  readonly reportedCostUsd?: string
}

/** What the answer says was really served: prices follow this, not the request. */
export interface Served {
  readonly model?: string
  readonly serviceTier?: string
  readonly speed?: string
  readonly region?: string
}
