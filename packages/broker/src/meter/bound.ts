import {
  ceilDivide,
  floorDivide,
  isTokenMeter,
  type Meter,
  type Nanos,
  type Quantities,
  type Rational,
} from '@vendo/contract'
import type { BoundConstants } from '@vendo/integrations/providers'
import type { ModelRates } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import type { ChargeLine, EpochMs } from '../store/records.ts'
import type { MarginOf } from './amount.ts'
import { type Basis, mergeLines, type WorstCase } from './bound-cost.ts'
import { type BoundContext, boundModel, type ModelBound } from './bound-model.ts'
import { boundTools } from './bound-tools.ts'
import { type ExactLine, roundLines } from './price.ts'
import { exceeds, multiply, subtract, sum } from './rational.ts'

/** What a request's bound is worked out from. */
export interface BoundOptions {
  readonly facts: RequestFacts
  readonly rates: ModelRates
  /** Models that the provider may serve instead: the dearest of all counts, or their sum where each may be billed in turn. */
  readonly alternatives: readonly ModelRates[]
  /** Finds the models that server tools call. */
  readonly modelRates: (model: string) => ModelRates | undefined
  /** The provider's documented maxima. */
  readonly bound: BoundConstants
  readonly at: EpochMs
  readonly marginOf: MarginOf
  /** The key accepts a hold that the call may exceed: tools without a use limit, meters without a rate. */
  readonly allowUnbounded: boolean
}

/** The largest cost that a request can have. */
export interface RequestBound {
  readonly ok: true
  /** Input counted under its dearest meter, so that their sum is the bound of all input meters together. */
  readonly quantities: Quantities
  /** All tokens, in and out. */
  readonly tokens: number
  /** At list prices, rounded up. */
  readonly listNanos: Nanos
  /** With margins, rounded up. */
  readonly chargeNanos: Nanos
  /** The bill at the bound: Σ charge is `chargeNanos`, Σ list at most `listNanos`. */
  readonly lines: readonly ChargeLine[]
  /** The answer may hold output that is billed and that it does not show, such as reasoning. */
  readonly hidesOutput: boolean
  /** Several models may be billed in turn, and a broken-off answer does not tell what each of them did. */
  readonly fallbacksAddUp: boolean
  /** Meters without a fee in this request, whatever its answer counts. */
  readonly waived: readonly Meter[]
  /** The provider goes on working when the answer is cut (OpenAI's background). */
  readonly background: boolean
  /** The largest output limit whose bound fits an amount; `undefined` when not even one token does. */
  fittingMaxOutput(availableNanos: Nanos, basis: Basis): number | undefined
}

/** Why a request has no bound. The message names what to change. */
export interface BoundRefusal {
  readonly ok: false
  readonly code: 'request_unbounded' | 'model_unpriced'
  readonly message: string
}

/** The verdict of {@link boundRequest}. */
export type Bound = RequestBound | BoundRefusal

/** A request that could cost a million dollars is not held but refused: sums of such holds would leave the ledger's int64. */
const mostNanos = 1_000_000_000_000_000n

/**
 * Works out what a request can cost at most, over every model, tier, region, context band and cache class that it can be
 * billed by; see "The hold is a true upper bound" in the product contract. With `allowUnbounded` it is an expectation for
 * the parts that have no bound.
 */
export const boundRequest = (options: BoundOptions): Bound => {
  const tools = boundTools(options.facts.serverTools, options.bound, options.allowUnbounded)
  if ('unbounded' in tools) return unboundedTool(tools.unbounded.type)
  const context: BoundOptions & BoundContext = { ...options, tools }
  const models: ModelBound[] = []
  for (const rates of [options.rates, ...options.alternatives]) {
    const bound = boundModel(rates, context)
    if ('missing' in bound) return unpriced(bound.model, bound.missing)
    models.push(bound)
  }
  return summarize(models, context)
}

const unboundedTool = (type: string): BoundRefusal => ({
  ok: false,
  code: 'request_unbounded',
  message: `The server tool ${quote(type)} has no use limit: set one, or use a key that allows unbounded requests.`,
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
    get lines() {
      return roundLines(lines, marginOf, ceiling).lines
    },
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

/** A model that is not known to show all that it writes may hide some of it. */
const hidesOutput = ({ facts, rates, alternatives, bound }: BoundOptions): boolean =>
  facts.asksForReasoning ||
  [rates, ...alternatives].some(({ model }) => !(bound.shownOutput ?? []).some((prefix) => model.startsWith(prefix)))

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
