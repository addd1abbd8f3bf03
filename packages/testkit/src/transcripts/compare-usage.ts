import { type Meter, type Nanos, nanosFromUsd, type Quantities } from '@vendo/contract'
import type { ExpectedUsage } from '../expected-usage.ts'

/** What the ledger says one call consumed. */
export interface MeteredUsage {
  readonly quantities: Quantities
  readonly reasoningTokens: number | null
  readonly flags: readonly string[]
  readonly listNanos: Nanos
}

type Rule = (metered: MeteredUsage, expected: ExpectedUsage) => number | boolean | string

const sum =
  (...meters: Meter[]): Rule =>
  ({ quantities }) =>
    meters.reduce((total, meter) => total + (quantities[meter] ?? 0), 0)

const flagged: Rule = ({ flags }) => flags.includes('split_mismatch')

/**
 * The provider's own split need not add up to its total, and may be missing. The ledger then holds what is billed, the
 * unexplained rest as 5m writes: taking that rest away again must give the split as reported. Otherwise there is no rest.
 */
const reported5m: Rule = ({ quantities }, { counts }) => {
  const billed = quantities.cache_write_5m ?? 0
  const parts = Number(counts['cache_write_5m']) + Number(counts['cache_write_1h'])
  return counts['split_mismatch'] === true || parts === 0
    ? billed - (Number(counts['cache_write_total']) - parts)
    : billed
}

const cacheWrites = sum('cache_write_5m', 'cache_write_1h')
const freshInput = sum('input', 'input_audio', 'input_image')
const freshOrWrittenInput = sum('input', 'input_audio', 'input_image', 'cache_write_5m', 'cache_write_1h')

/**
 * `input_uncached` is what the provider's own input count leaves after cache reads. Anthropic's does not have cache writes
 * in it; the others' has.
 */
const inputUncached: Rule = (metered, expected) =>
  (expected.provider === 'anthropic' ? freshInput : freshOrWrittenInput)(metered, expected)

/** The file counts audio and image tokens inside the token classes; the ledger's meters are disjoint. */
const rules: Readonly<Record<string, Rule>> = {
  input_uncached: inputUncached,
  cache_read: sum('cache_read', 'cache_read_audio'),
  cache_write_total: cacheWrites,
  cache_write_5m: reported5m,
  cache_write_1h: sum('cache_write_1h'),
  output: sum('output', 'output_audio', 'output_image'),
  audio_in: sum('input_audio', 'cache_read_audio'),
  reasoning: ({ reasoningTokens }) => reasoningTokens ?? 0,
  web_search: sum('web_search'),
  web_fetch: sum('web_fetch'),
  split_mismatch: flagged,
  reported_cost_usd: ({ listNanos }) => `${listNanos} nanos`,
}

/** A JSON number as the decimal it was written as: the shortest one that reads back to it, exponent resolved. */
const decimalOf = (value: number): string => {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const shift = Number(exponent)
  if (shift < 0) return `0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
  const digits = (whole + fraction).padEnd(shift + 1, '0')
  const rest = digits.slice(shift + 1)
  return rest === '' ? digits : `${digits.slice(0, shift + 1)}.${rest}`
}

const wanted = (name: string, value: number | boolean): number | boolean | string =>
  name === 'reported_cost_usd' ? `${nanosFromUsd(decimalOf(Number(value)))} nanos` : value

/** One sentence for each count of `expected` that the ledger does not have; none = equal. An unknown count is a difference. */
export const compareUsage = (expected: ExpectedUsage, metered: MeteredUsage): readonly string[] =>
  Object.entries(expected.counts).flatMap(([name, value]) => {
    const rule = rules[name]
    if (rule === undefined) return [`usage ${name}: this runner does not know how to compare it`]
    const want = wanted(name, value)
    const got = rule(metered, expected)
    return want === got ? [] : [`usage ${name}: expected ${want}, metered ${got}`]
  })
