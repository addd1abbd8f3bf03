import type { Quantities } from '@vendo/contract'
import { type Interpretation, knownQuantities } from '../reader/answer-format.ts'
import { type AnswerState, isRawObject, type RawObject } from '../reader/answer-state.ts'
import { badUsageValues, tokenCountAt, unknownUsageKeys } from '../reader/token-count.ts'
import type { ExtraUsage, ReportedCacheWrites } from '../usage-reading.ts'

const countedKeys = new Set([
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation.ephemeral_5m_input_tokens',
  'cache_creation.ephemeral_1h_input_tokens',
  'server_tool_use.web_search_requests',
  'server_tool_use.web_fetch_requests',
  'output_tokens_details.thinking_tokens',
])

/** `cost` and what belongs to it come from OpenRouter, which serves this format too. */
const knownKeys = new Set([...countedKeys, 'cost', 'cost_details', 'total_tokens'])

/** What Anthropic's usage object means: `input_tokens` excludes everything cached, `output_tokens` includes thinking. */
export const readAnthropicUsage = (state: AnswerState): Interpretation => {
  const { usage: raw, model } = state
  const served = { ...(model === undefined ? {} : { model }), ...servedOf(state) }
  if (raw === undefined) return { served, flags: [] }
  const reported = reportedCacheWrites(raw)
  const extra = readIterations(raw['iterations'])
  const reasoning = tokenCountAt(raw, 'output_tokens_details', 'thinking_tokens')
  const quantities = {
    ...tokenQuantities(raw),
    ...knownQuantities({
      web_search: tokenCountAt(raw, 'server_tool_use', 'web_search_requests'),
      web_fetch: tokenCountAt(raw, 'server_tool_use', 'web_fetch_requests'),
    }),
  }
  return {
    served,
    usage: {
      quantities,
      ...(reasoning === undefined ? {} : { reasoning }),
      ...(state.costUsd === undefined ? {} : { reportedCostUsd: state.costUsd }),
    },
    ...(extra.usage.length === 0 ? {} : { extraUsage: extra.usage }),
    ...(Object.keys(reported).length === 0 ? {} : { reported }),
    flags: [
      ...splitFlags(reported),
      ...extra.flags,
      ...unknownUsageKeys(raw, knownKeys),
      ...badUsageValues(raw, countedKeys),
    ],
  }
}

const servedOf = ({ usage, serviceTier }: AnswerState) => {
  const tier = textOf(usage?.['service_tier']) ?? serviceTier
  const speed = textOf(usage?.['speed'])
  const region = textOf(usage?.['inference_geo'])
  return {
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(speed === undefined ? {} : { speed }),
    ...(region === undefined ? {} : { region }),
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const reportedCacheWrites = (raw: RawObject): ReportedCacheWrites => {
  const cacheWriteTotal = tokenCountAt(raw, 'cache_creation_input_tokens')
  const cacheWrite5m = tokenCountAt(raw, 'cache_creation', 'ephemeral_5m_input_tokens')
  const cacheWrite1h = tokenCountAt(raw, 'cache_creation', 'ephemeral_1h_input_tokens')
  return {
    ...(cacheWriteTotal === undefined ? {} : { cacheWriteTotal }),
    ...(cacheWrite5m === undefined ? {} : { cacheWrite5m }),
    ...(cacheWrite1h === undefined ? {} : { cacheWrite1h }),
  }
}

/** With server tools the split describes the first pass only, so that the total is what counts and the rest is 5-minute writes. */
const tokenQuantities = (raw: RawObject): Quantities => {
  const { cacheWriteTotal, cacheWrite5m, cacheWrite1h } = reportedCacheWrites(raw)
  const total = cacheWriteTotal ?? sumKnown(cacheWrite5m, cacheWrite1h)
  const oneHour = total === undefined || cacheWrite1h === undefined ? undefined : Math.min(cacheWrite1h, total)
  return knownQuantities({
    input: tokenCountAt(raw, 'input_tokens'),
    cache_read: tokenCountAt(raw, 'cache_read_input_tokens'),
    cache_write_5m: total === undefined ? undefined : total - (oneHour ?? 0),
    cache_write_1h: oneHour,
    output: tokenCountAt(raw, 'output_tokens'),
  })
}

const sumKnown = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined && right === undefined ? undefined : (left ?? 0) + (right ?? 0)

const splitFlags = ({ cacheWriteTotal, cacheWrite5m, cacheWrite1h }: ReportedCacheWrites): readonly string[] => {
  if (cacheWriteTotal === undefined) return []
  const split = sumKnown(cacheWrite5m, cacheWrite1h)
  if (split === undefined) return cacheWriteTotal === 0 ? [] : ['split_absent']
  return split === cacheWriteTotal ? [] : ['split_mismatch']
}

/**
 * Passes that the answer consisted of. Ordinary ones are already in the totals; a compaction and an advisor's message are
 * not.
 */
const readIterations = (iterations: unknown): { usage: readonly ExtraUsage[]; flags: readonly string[] } => {
  const usage: ExtraUsage[] = []
  const flags = new Set<string>()
  for (const iteration of Array.isArray(iterations) ? iterations : []) {
    if (!isRawObject(iteration)) continue
    const kind = iteration['type']
    const model = textOf(iteration['model'])
    if (kind === 'compaction' || kind === 'advisor_message') {
      flags.add(kind === 'compaction' ? 'iteration_compaction' : `iteration_model:${model ?? 'unknown'}`)
      usage.push({ kind, ...(model === undefined ? {} : { model }), quantities: tokenQuantities(iteration) })
    } else if (kind !== 'message') {
      flags.add(`unknown_iteration:${typeof kind === 'string' ? kind : 'untyped'}`)
    }
  }
  return { usage, flags: [...flags] }
}
