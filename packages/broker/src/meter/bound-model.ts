import type { Meter } from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import type { EpochMs } from '../store/records.ts'
import { chargeAmount, type MarginOf } from './amount.ts'
import { amountOf, type Costing, mergeLines, type WorstCase, worstCaseOf } from './bound-cost.ts'
import { countOf, type Demand, inputOf, readDemand } from './bound-demand.ts'
import type { ToolBound } from './bound-tools.ts'
import { type DearestRates, dearestRates, unlistedCondition } from './dearest-rates.ts'
import { sharedMargin } from './margin.ts'
import type { ExactLine } from './price.ts'
import { sum } from './rational.ts'

/** Everything about a request that does not depend on the model which serves it. */
export interface BoundContext {
  readonly facts: RequestFacts
  readonly modelRates: (model: string) => ModelRates | undefined
  readonly bound: BoundConstants
  readonly tools: ToolBound
  readonly at: EpochMs
  readonly marginOf: MarginOf
  readonly allowUnbounded: boolean
}

/** The largest cost of a request when one given model serves it. */
export interface ModelBound {
  readonly list: WorstCase
  readonly charge: WorstCase
  /** The output limit that the amounts are for, and the largest that the model has. */
  readonly output: bigint
  readonly maxOutput: bigint
}

/** A rate that the request needs and the model lacks. */
export interface MissingRate {
  readonly model: string
  readonly missing: string
}

/** Bounds a request for one model, on both bases, or names the first rate that is missing. */
export const boundModel = (model: ModelRates, context: BoundContext): ModelBound | MissingRate => {
  const demand = readDemand(context.facts, model, { constants: context.bound, tools: context.tools })
  const rates = dearestRates(model, { ...context, inputTokens: inputOf(demand) * demand.passes })
  const missing = findMissing(model, rates, { ...context, demand })
  if (missing !== undefined) return { model: model.model, missing }
  const calls: CalledModel[] = []
  for (const { model: name, uses } of context.tools.calls) {
    const called = callModel(context.modelRates(name), uses, context)
    if (called === undefined) return { model: name, missing: 'input' }
    calls.push(called)
  }
  const worst = (basis: Costing['basis']): WorstCase => {
    const costing = { basis, marginOf: context.marginOf }
    const own = worstCaseOf(demand, rates, costing)
    const lines = mergeLines([
      ...own.lines,
      ...feeLines(context.tools, rates),
      ...requestLines(demand, rates),
      ...calls.flatMap((call) => [
        ...worstCaseOf(call.demand, call.rates, costing).lines,
        ...requestLines(call.demand, call.rates),
      ]),
    ])
    return { ...own, lines, amount: sum(lines.map((line) => amountOf(line, costing))) }
  }
  const list = worst('list')
  const margin = sharedMargin(context.marginOf)
  const charge = margin === undefined ? worst('charge') : markedUp(list, margin)
  return { list, charge, output: demand.output, maxOutput: countOf(model.maxOutput) }
}

/** One margin on everything changes every amount alike, and so not which meter is the dearest. */
const markedUp = ({ lines, amount, perOutputToken }: WorstCase, margin: string): WorstCase => ({
  lines,
  amount: chargeAmount(amount, margin),
  perOutputToken: chargeAmount(perOutputToken, margin),
})

const findMissing = (
  model: ModelRates,
  rates: DearestRates,
  context: BoundContext & { readonly demand: Demand },
): string | undefined => {
  const { demand, facts, tools, allowUnbounded } = context
  const always: readonly Meter[] = demand.output > 0n ? ['input', 'output'] : ['input']
  const bounded: readonly Meter[] = [
    ...(facts.audioBytes > 0 ? (['input_audio'] as const) : []),
    // A model without any write rate does not write caches, whatever the request says.
    ...(facts.cacheWrite === '1h' && rates.has('cache_write_5m') ? (['cache_write_1h'] as const) : []),
    ...(demand.output > 0n ? demand.outputMeters : []),
    ...tools.fees.map(({ meter }) => meter),
  ]
  const needed = allowUnbounded ? always : [...always, ...bounded]
  return needed.find((meter) => !rates.has(meter)) ?? (allowUnbounded ? undefined : unlistedCondition(model, context))
}

interface CalledModel {
  readonly demand: Demand
  readonly rates: DearestRates
}

/** A model that a tool calls: the request says nothing about what it reads, so that is its whole window every time. */
const callModel = (model: ModelRates | undefined, uses: bigint, { at }: BoundContext): CalledModel | undefined => {
  if (model === undefined) return undefined
  const window = countOf(model.contextWindow)
  const demand: Demand = {
    passes: uses,
    input: [{ meters: ['input', 'cache_write_5m', 'cache_write_1h'], tokens: window }],
    inputLimit: window,
    outputMeters: ['output'],
    output: countOf(model.maxOutput),
    choices: 1n,
    earlierAnswers: 0n,
  }
  const rates = dearestRates(model, { facts: {}, inputTokens: window * uses, at })
  return rates.has('input') && rates.has('output') ? { demand, rates } : undefined
}

const feeLines = ({ fees }: ToolBound, rates: DearestRates): readonly ExactLine[] =>
  fees.flatMap(({ meter, uses }) => {
    const rateUsd = rates.get(meter)
    return rateUsd === undefined ? [] : [{ meter, quantity: uses, rateUsd }]
  })

/** A fee for each request to the model: once for every pass. */
const requestLines = ({ passes }: Demand, rates: DearestRates): readonly ExactLine[] => {
  const rateUsd = rates.get('request')
  return rateUsd === undefined ? [] : [{ meter: 'request', quantity: passes, rateUsd }]
}
