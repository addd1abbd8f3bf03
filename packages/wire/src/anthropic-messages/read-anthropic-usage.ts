import type { Quantities } from '@vendo/contract'
import { type Interpretation, knownQuantities } from '../reader/answer-format.ts'
import { type AnswerState, isRawObject, type RawObject } from '../reader/answer-state.ts'
import { nonZero } from '../reader/divide-tokens.ts'
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
  const { usage: raw } = state
  const model = fallbackModel(raw?.['iterations']) ?? state.model
  const served = { ...(model === undefined ? {} : { model }), ...servedOf(state) }
  if (raw === undefined) return { served, flags: [] }
  const reported = reportedCacheWrites(raw)
  const extra = readIterations(raw['iterations'], model)
  // https://platform.claude.com/docs/en/release-notes/overview: a refusal before any output is not billed.
  const unbilled = state.refused === true && tokenCountAt(raw, 'output_tokens') === 0
  const reasoning = tokenCountAt(raw, 'output_tokens_details', 'thinking_tokens')
  const quantities = {
    ...(unbilled ? { input: 0, output: 0 } : tokenQuantities(raw)),
    ...knownQuantities({
      code_execution: nonZero(state.toolUses.size),
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
      ...(unbilled ? ['refusal_unbilled'] : []),
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
 * Passes that the answer consisted of. The totals hold those of the model that the answer names; a compaction, an advisor's
 * message and what another model wrote before it declined are not in them. A model that declined before any output is not
 * billed. Passes carry no model but where several were asked.
 */
const readIterations = (
  iterations: unknown,
  servedModel: string | undefined,
): { usage: readonly ExtraUsage[]; flags: readonly string[] } => {
  const usage: ExtraUsage[] = []
  const flags = new Set<string>()
  for (const iteration of Array.isArray(iterations) ? iterations.filter(isRawObject) : []) {
    const type = textOf(iteration['type']) ?? 'untyped'
    if (type === 'fallback_message') continue
    const model = textOf(iteration['model'])
    const kind = Object.hasOwn(extraKinds, type) ? extraKinds[type] : undefined
    if (kind === undefined) flags.add(`unknown_iteration:${type}`)
    if (kind === undefined || isInTotals(kind, model, servedModel)) continue
    if (kind === 'declined_message' && tokenCountAt(iteration, 'output_tokens') === 0) continue
    flags.add(kind === 'compaction' ? 'iteration_compaction' : `iteration_model:${model ?? 'unknown'}`)
    usage.push({ kind, ...(model === undefined ? {} : { model }), quantities: tokenQuantities(iteration) })
  }
  return { usage, flags: [...flags] }
}

const extraKinds: Readonly<Record<string, ExtraUsage['kind']>> = {
  compaction: 'compaction',
  advisor_message: 'advisor_message',
  message: 'declined_message',
}

const isInTotals = (kind: ExtraUsage['kind'], model: string | undefined, served: string | undefined): boolean =>
  kind === 'declined_message' && (model === undefined || model === served)

/** The model that took over and served the answer: a stream begins with the name of the one that was asked first. */
const fallbackModel = (iterations: unknown): string | undefined =>
  (Array.isArray(iterations) ? iterations.filter(isRawObject) : [])
    .filter(({ type }) => type === 'fallback_message')
    .map(({ model }) => textOf(model))
    .findLast((model) => model !== undefined)
