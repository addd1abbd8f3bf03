import type { Quantities, Served, Usage } from '@vendo/contract'
import type { Mutable } from '../mutable.ts'
import { addKnown, type Interpretation } from '../reader/answer-format.ts'
import { type AnswerState, isRawObject, type RawObject } from '../reader/answer-state.ts'
import { nonZero } from '../reader/divide-tokens.ts'
import {
  badCount,
  checkUsage,
  defineUsageKeys,
  detailsIn,
  partsMissing,
  tokenCount,
  totalMismatch,
  untoldSides,
} from '../reader/token-count.ts'
import type { ExtraUsage, ReportedCacheWrites, UsageSide } from '../usage-reading.ts'

/** `cost` and what belongs to it come from OpenRouter, which serves this format too. */
const usageKeys = defineUsageKeys({
  input_tokens: 'count',
  output_tokens: 'count',
  cache_creation_input_tokens: 'count',
  cache_read_input_tokens: 'count',
  cache_creation: { ephemeral_5m_input_tokens: 'count', ephemeral_1h_input_tokens: 'count' },
  server_tool_use: { web_search_requests: 'count', web_fetch_requests: 'count' },
  output_tokens_details: { thinking_tokens: 'count' },
  cost: 'known',
  cost_details: 'known',
  total_tokens: 'known',
})

/** What Anthropic's usage object means: `input_tokens` excludes everything cached, `output_tokens` includes thinking. */
export const readAnthropicUsage = (state: AnswerState): Interpretation => {
  const { usage: raw } = state
  const iterations = Array.isArray(raw?.['iterations']) ? raw['iterations'].filter(isRawObject) : none
  const model = fallbackModel(iterations) ?? state.model
  const served = servedOf(state, model)
  if (raw === undefined) return { served, flags: none }
  const reported = reportedCacheWrites(raw)
  const extra = readIterations(iterations, model)
  // https://platform.claude.com/docs/en/release-notes/overview: a refusal before any output is not billed.
  const unbilled = state.unbilled === true
  const quantities: Mutable<Quantities> = unbilled ? { input: 0, output: 0 } : tokenQuantities(raw, reported)
  const toolUse = detailsIn(raw['server_tool_use'])
  addKnown(quantities, 'code_execution', nonZero(state.toolUses.size))
  addKnown(quantities, 'web_search', tokenCount(toolUse['web_search_requests']))
  addKnown(quantities, 'web_fetch', tokenCount(toolUse['web_fetch_requests']))
  const usage: Mutable<Usage> = { quantities }
  const reasoning = tokenCount(detailsIn(raw['output_tokens_details'])['thinking_tokens'])
  if (reasoning !== undefined) usage.reasoning = reasoning
  if (state.costUsd !== undefined) usage.reportedCostUsd = state.costUsd
  const findings = checkUsage(raw, usageKeys)
  const interpretation: Mutable<Interpretation> = {
    served,
    usage,
    flags: [
      ...(unbilled ? ['refusal_unbilled'] : none),
      ...(noParts(raw) ? [totalMismatch] : none),
      ...splitFlags(reported),
      ...extra.flags,
      ...findings.unknown,
      ...findings.bad,
      ...extra.bad,
    ],
  }
  const untold = unbilled ? none : untoldIn(state, raw, [...findings.bad, ...extra.bad])
  if (untold.length > 0) interpretation.untold = untold
  if (extra.usage.length > 0) interpretation.extraUsage = extra.usage
  if (isReported(reported)) interpretation.reported = reported
  return interpretation
}

const none: readonly never[] = []

const untoldIn = (state: AnswerState, raw: RawObject, bad: readonly string[]): readonly UsageSide[] =>
  untoldSides({
    input: tokenCount(raw['input_tokens']),
    output: state.outputOfStart === true ? undefined : tokenCount(raw['output_tokens']),
    bad,
    outputKeys,
    neither: noParts(raw),
  })

const outputKeys = /^(iterations\.)?output_tokens/

const inputKeys = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']

/** `total_tokens` is no field of Anthropic's, but of servers that speak its format. */
const noParts = (raw: RawObject): boolean =>
  partsMissing(
    raw['total_tokens'],
    [...inputKeys, 'output_tokens'].map((key) => raw[key]),
  )

const servedOf = ({ usage, serviceTier }: AnswerState, model: string | undefined): Served => {
  const served: Mutable<Served> = {}
  if (model !== undefined) served.model = model
  const tier = textOf(usage?.['service_tier']) ?? serviceTier
  if (tier !== undefined) served.serviceTier = tier
  const speed = textOf(usage?.['speed'])
  if (speed !== undefined) served.speed = speed
  const region = textOf(usage?.['inference_geo'])
  if (region !== undefined) served.region = region
  return served
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const reportedCacheWrites = (raw: RawObject): ReportedCacheWrites => {
  const reported: Mutable<ReportedCacheWrites> = {}
  const total = tokenCount(raw['cache_creation_input_tokens'])
  if (total !== undefined) reported.cacheWriteTotal = total
  const split = detailsIn(raw['cache_creation'])
  const fiveMinutes = tokenCount(split['ephemeral_5m_input_tokens'])
  if (fiveMinutes !== undefined) reported.cacheWrite5m = fiveMinutes
  const oneHour = tokenCount(split['ephemeral_1h_input_tokens'])
  if (oneHour !== undefined) reported.cacheWrite1h = oneHour
  return reported
}

const isReported = ({ cacheWriteTotal, cacheWrite5m, cacheWrite1h }: ReportedCacheWrites): boolean =>
  cacheWriteTotal !== undefined || cacheWrite5m !== undefined || cacheWrite1h !== undefined

/** With server tools the split describes the first pass only, so that the total is what counts and the rest is 5-minute writes. */
const tokenQuantities = (raw: RawObject, reported: ReportedCacheWrites): Mutable<Quantities> => {
  const { cacheWriteTotal, cacheWrite5m, cacheWrite1h } = reported
  const total = cacheWriteTotal ?? sumKnown(cacheWrite5m, cacheWrite1h)
  const oneHour = total === undefined || cacheWrite1h === undefined ? undefined : Math.min(cacheWrite1h, total)
  const quantities: Mutable<Quantities> = {}
  addKnown(quantities, 'input', tokenCount(raw['input_tokens']))
  addKnown(quantities, 'cache_read', tokenCount(raw['cache_read_input_tokens']))
  addKnown(quantities, 'cache_write_5m', total === undefined ? undefined : total - (oneHour ?? 0))
  addKnown(quantities, 'cache_write_1h', oneHour)
  addKnown(quantities, 'output', tokenCount(raw['output_tokens']))
  return quantities
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
const readIterations = (iterations: readonly RawObject[], servedModel: string | undefined): Passes => {
  if (iterations.length === 0) return noPasses
  const usage: ExtraUsage[] = []
  const bad = new Set<string>()
  const flags = new Set<string>()
  for (const iteration of iterations) {
    const type = textOf(iteration['type']) ?? 'untyped'
    if (type === 'fallback_message') continue
    const model = textOf(iteration['model'])
    const kind = Object.hasOwn(extraKinds, type) ? extraKinds[type] : undefined
    if (kind === undefined) flags.add(`unknown_iteration:${type}`)
    if (kind === undefined || isInTotals(kind, model, servedModel)) continue
    if (kind === 'declined_message' && tokenCount(iteration['output_tokens']) === 0) continue
    flags.add(kind === 'compaction' ? 'iteration_compaction' : `iteration_model:${model ?? 'unknown'}`)
    for (const key of [...inputKeys.slice(0, 1), 'output_tokens']) {
      if (tokenCount(iteration[key]) === undefined) bad.add(badCount(`iterations.${key}`, iteration[key]))
    }
    const quantities = tokenQuantities(iteration, reportedCacheWrites(iteration))
    usage.push({ kind, ...(model === undefined ? {} : { model }), quantities })
  }
  return { usage, flags: [...flags], bad: [...bad] }
}

interface Passes {
  readonly usage: readonly ExtraUsage[]
  readonly flags: readonly string[]
  /** Counts without which a pass cannot be priced. */
  readonly bad: readonly string[]
}

const noPasses: Passes = { usage: none, flags: none, bad: none }

const extraKinds: Readonly<Record<string, ExtraUsage['kind']>> = {
  compaction: 'compaction',
  advisor_message: 'advisor_message',
  message: 'declined_message',
}

const isInTotals = (kind: ExtraUsage['kind'], model: string | undefined, served: string | undefined): boolean =>
  kind === 'declined_message' && (model === undefined || model === served)

/** The model that took over and served the answer: a stream begins with the name of the one that was asked first. */
const fallbackModel = (iterations: readonly RawObject[]): string | undefined =>
  textOf(
    iterations.findLast(({ type, model }) => type === 'fallback_message' && textOf(model) !== undefined)?.['model'],
  )
