import {
  ceilDivide,
  floorDivide,
  isTokenMeter,
  type Meter,
  type Nanos,
  type Quantities,
  type Rational,
} from '@vendo/contract'
import type { ServerTool } from '@vendo/wire'
import type { Bound, BoundOptions, BoundRefusal } from './bound.ts'
import { type Basis, mergeLines, type WorstCase } from './bound-cost.ts'
import { type BoundContext, boundModel, type ModelBound } from './bound-model.ts'
import { boundTools } from './bound-tools.ts'
import { type ExactLine, roundLines } from './price.ts'
import { exceeds, multiply, subtract, sum } from './rational.ts'

/** A request that could cost a million dollars is not held but refused: sums of such holds would leave the ledger's int64. */
export const mostNanos: Nanos = 1_000_000_000_000_000n

/** The bound of any request, every model and line of it. */
export const boundInFull = (options: BoundOptions): Bound => {
  const tools = boundTools(options.facts.serverTools, options.bound, options.allowUnbounded)
  if ('unbounded' in tools) return unboundedTool(tools.unbounded)
  const context: BoundOptions & BoundContext = { ...options, tools }
  const models: ModelBound[] = []
  for (const rates of [options.rates, ...options.alternatives]) {
    const bound = boundModel(rates, context)
    if ('missing' in bound) return unpriced(bound.model, bound.missing)
    models.push(bound)
  }
  return summarize(models, context)
}

const unboundedTool = (tool: ServerTool): BoundRefusal => ({
  ok: false,
  code: 'request_unbounded',
  message: `The server tool ${quote(tool.type)} has no use limit.`,
  tool,
})

const unpriced = (model: string, missing: string): BoundRefusal => ({
  ok: false,
  code: 'model_unpriced',
  message: `There is no rate for ${quote(missing)} of the model ${quote(model)}.`,
})

const summarize = (models: readonly ModelBound[], context: BoundOptions & BoundContext): Bound => {
  const { facts, marginOf } = context
  const billed = facts.fallbacksAddUp ? models : [dearestOf(models)]
  const lines = mergeLines(billed.flatMap(({ charge }) => charge.lines))
  const chargeNanos = ceiling(sum(billed.map(({ charge }) => charge.amount)))
  const lists = models.map(({ list }) => list.amount)
  const listNanos = facts.fallbacksAddUp ? ceiling(sum(lists)) : lists.map(ceiling).reduce(larger)
  if (larger(listNanos, chargeNanos) > mostNanos) {
    return { ok: false, code: 'request_unbounded', message: 'This request could cost more than 1,000,000 USD.' }
  }
  const tokens = models.map(({ charge }) => tokensOf(charge.lines))
  return {
    ok: true,
    quantities: quantitiesOf(lines),
    tokens: safeNumber(facts.fallbacksAddUp ? tokensOf(lines) : tokens.reduce(larger)),
    listNanos,
    chargeNanos,
    hidesOutput: hidesOutput(context),
    fallbacksAddUp: facts.fallbacksAddUp,
    waived: context.tools.waived,
    background: facts.background,
    // Only a call that is settled at its hold needs them.
    lines: () => roundLines(lines, marginOf, ceiling).lines,
    fittingMaxOutput: (availableNanos, basis) => {
      const fitting = facts.fallbacksAddUp
        ? fittingOutput(addUp(models), availableNanos, basis)
        : models.map((model) => fittingOutput(model, availableNanos, basis)).reduce(smaller)
      return fitting >= 1n ? safeNumber(fitting) : undefined
    },
  }
}

const dearestOf = (models: readonly ModelBound[]): ModelBound =>
  models.reduce((left, right) => (exceeds(right.charge.amount, left.charge.amount) ? right : left))

/** Models that answer one after the other, as one that costs what they cost together. */
const addUp = (models: readonly ModelBound[]): ModelBound => ({
  list: sumOf(models.map(({ list }) => list)),
  charge: sumOf(models.map(({ charge }) => charge)),
  output: models.map(({ output }) => output).reduce(larger),
  maxOutput: models.map(({ maxOutput }) => maxOutput).reduce(larger),
})

const sumOf = (costs: readonly WorstCase[]): WorstCase => ({
  lines: costs.flatMap(({ lines }) => lines),
  amount: sum(costs.map(({ amount }) => amount)),
  perOutputToken: sum(costs.map(({ perOutputToken }) => perOutputToken)),
})

/** Whether a model of the request may hide some of what it writes: one that is not known to show all of it may. */
export const hidesOutput = ({ facts, rates, alternatives, bound }: BoundOptions): boolean =>
  facts.asksForReasoning ||
  !showsOutput(rates.model, bound) ||
  alternatives.some(({ model }) => !showsOutput(model, bound))

const showsOutput = (model: string, { shownOutput = [] }: BoundOptions['bound']): boolean => {
  for (const prefix of shownOutput) if (model.startsWith(prefix)) return true
  return false
}

/** Below 1 when nothing fits. */
const fittingOutput = ({ output, maxOutput, ...costs }: ModelBound, availableNanos: Nanos, basis: Basis): bigint => {
  const { amount, perOutputToken } = costs[basis]
  const fixed = subtract(amount, multiply(perOutputToken, { numerator: output, denominator: 1n }))
  const room = subtract({ numerator: availableNanos, denominator: 1n }, fixed)
  if (room.numerator < 0n) return 0n
  if (perOutputToken.numerator === 0n) return maxOutput
  return smaller(
    floorDivide(room.numerator * perOutputToken.denominator, room.denominator * perOutputToken.numerator),
    maxOutput,
  )
}

const quantitiesOf = (lines: readonly ExactLine[]): Quantities => {
  const totals = new Map<Meter, bigint>()
  for (const { meter, quantity } of lines) totals.set(meter, (totals.get(meter) ?? 0n) + quantity)
  return Object.fromEntries([...totals].map(([meter, total]) => [meter, safeNumber(total)]))
}

const tokensOf = (lines: readonly ExactLine[]): bigint =>
  lines.reduce((total, { meter, quantity }) => (isTokenMeter(meter) ? total + quantity : total), 0n)

const ceiling = ({ numerator, denominator }: Rational): bigint => ceilDivide(numerator, denominator)

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right)

const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right)

const safeNumber = (count: bigint): number => Number(smaller(count, BigInt(Number.MAX_SAFE_INTEGER)))

const quote = (name: string): string => JSON.stringify(name.slice(0, 100))
