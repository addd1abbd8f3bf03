import { ceilDivide } from '@vendo/contract'
import type { ModelRates } from '@vendo/integrations/rates'
import type { ChargeLine } from '../store/records.ts'
import type { Bound, BoundOptions, RequestBound } from './bound.ts'
import { worstCaseOf } from './bound-cost.ts'
import { countOf, type Demand, textMeters } from './bound-demand.ts'
import { boundInFull } from './bound-in-full.ts'
import { boundPlain } from './bound-plain.ts'
import { hasUseLimit, waivedMeters } from './bound-tools.ts'
import { dearestRates } from './dearest-rates.ts'
import { roundLines } from './price.ts'

/**
 * The bound of a request as if the model never used the tools that nothing limits, for keys whose owner pays the provider: what
 * they do cost is settled when it is known. `undefined` for every request whose tools all have a limit, and for other keys.
 */
export const boundWithoutTools = (options: BoundOptions): Bound | undefined => {
  const { facts, bound: constants } = options
  if (options.admitUnbounded !== true || facts.serverTools.length === 0) return undefined
  const limited = facts.serverTools.filter((tool) => hasUseLimit(tool, constants))
  if (limited.length === facts.serverTools.length) return undefined
  const without: BoundOptions = { ...options, facts: { ...facts, serverTools: limited } }
  const bound = boundPlain(without) ?? boundInFull(without)
  return bound.ok ? withUse(bound, options) : bound
}

/** A bound can be a class, of which spreading would lose the methods. */
const withUse = (bound: RequestBound, options: BoundOptions): RequestBound => ({
  ok: true,
  quantities: bound.quantities,
  tokens: bound.tokens,
  listNanos: bound.listNanos,
  chargeNanos: bound.chargeNanos,
  lines: () => bound.lines(),
  hidesOutput: bound.hidesOutput,
  fallbacksAddUp: bound.fallbacksAddUp,
  // What one tool makes free is free whether or not that tool has a limit.
  waived: waivedMeters(options.facts.serverTools, options.bound),
  background: bound.background,
  unbounded: { context: contextLine(options) },
  fittingMaxOutput: (availableNanos, basis) => bound.fittingMaxOutput(availableNanos, basis),
})

const contextLine = (options: BoundOptions): ChargeLine =>
  [options.rates, ...options.alternatives]
    .map((rates) => contextOf(rates, options))
    .reduce((left, right) => (right.listNanos > left.listNanos ? right : left))

/** The whole context window at the dearest rate that text can have. */
const contextOf = (model: ModelRates, { facts, at, marginOf }: BoundOptions): ChargeLine => {
  const tokens = countOf(model.contextWindow)
  const demand: Demand = {
    passes: 1n,
    input: [{ meters: textMeters(facts), tokens }],
    inputLimit: tokens,
    outputMeters: [],
    output: 0n,
    choices: 1n,
    earlierAnswers: 0n,
  }
  const rates = dearestRates(model, { facts, inputTokens: tokens, at })
  const { lines } = worstCaseOf(demand, rates, { basis: 'list', marginOf })
  const [line] = roundLines(lines, marginOf, ({ numerator, denominator }) => ceilDivide(numerator, denominator)).lines
  // Without a rate for input the request would have been refused.
  if (line === undefined) throw new TypeError(`the model ${model.model} has no rate for input`)
  return line
}
