import { ceilDivide, type Meter, type Nanos, type Quantities } from '@vendo/contract'
import type { BoundOptions, RequestBound } from './bound.ts'
import type { Basis } from './bound-cost.ts'
import { outputLimit, promptTokens, takesManyInputs } from './bound-demand.ts'
import { boundInFull, hidesOutput, mostNanos } from './bound-in-full.ts'
import { sharedMargin } from './margin.ts'
import { type PlainPrices, plainPrices, type TokenPrices } from './plain-prices.ts'

/**
 * The bound of a request for text alone from one model with one margin, which nearly every request is: the same as
 * {@link boundInFull} finds, in a fraction of the time. `undefined` for every other request, and for those that are refused.
 */
export const boundPlain = (options: BoundOptions): RequestBound | undefined => {
  const margin = isPlain(options) ? sharedMargin(options.marginOf) : undefined
  if (margin === undefined) return undefined
  const { facts, rates, at } = options
  const inputTokens = inputOf(options)
  const outputTokens = outputOf(options)
  if (!isCount(inputTokens) || !isCount(outputTokens) || !isCount(inputTokens + outputTokens)) return undefined
  const prices = plainPrices(rates, { facts, inputTokens, at, margin })
  if (prices === undefined || (outputTokens > 0 && !prices.hasOutput)) return undefined
  const bound = new PlainBound(options, { inputTokens, outputTokens, prices })
  return bound.listNanos > mostNanos || bound.chargeNanos > mostNanos ? undefined : bound
}

/** Text in, text out, one model, and nothing that comes in unseen. */
const isPlain = ({ facts, alternatives }: BoundOptions): boolean =>
  alternatives.length === 0 &&
  !facts.fallbacksAddUp &&
  facts.serverTools.length === 0 &&
  facts.textBytes >= 0 &&
  facts.remoteReferences === 0 &&
  facts.images === 0 &&
  facts.documents.length === 0 &&
  facts.audioBytes === 0 &&
  facts.outputModalities.length === 1 &&
  facts.outputModalities[0] === 'text'

const inputOf = ({ facts, rates, bound }: BoundOptions): number => {
  const shown = facts.textBytes + Math.ceil(promptTokens(facts, bound))
  return takesManyInputs(rates.maxOutput) ? shown : Math.min(shown, rates.contextWindow)
}

/** Not a count when a part of it is none: what is no whole number is for the full bound to judge. */
const outputOf = ({ facts, rates }: BoundOptions): number => {
  const limit = outputLimit(facts, rates.maxOutput)
  const choices = Math.max(facts.choices, 1)
  return isCount(limit) && isCount(choices) ? limit * choices : Number.NaN
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

interface PlainDemand {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly prices: PlainPrices
}

const noMeters: readonly Meter[] = []

/**
 * A class, so that what is rarely asked for is neither worked out nor a closure of each call. Spreading one loses its methods.
 */
class PlainBound implements RequestBound {
  readonly ok = true
  readonly quantities: Quantities
  readonly tokens: number
  readonly listNanos: Nanos
  readonly chargeNanos: Nanos
  readonly hidesOutput: boolean
  readonly fallbacksAddUp = false
  readonly waived = noMeters
  readonly background: boolean
  readonly #options: BoundOptions

  constructor(options: BoundOptions, demand: PlainDemand) {
    const { inputTokens, outputTokens, prices } = demand
    this.quantities = quantitiesOf(demand)
    this.tokens = inputTokens + outputTokens
    this.listNanos = costOf(demand, prices.list)
    this.chargeNanos = costOf(demand, prices.charge)
    this.hidesOutput = hidesOutput(options)
    this.background = options.facts.background
    this.#options = options
  }

  lines(): ReturnType<RequestBound['lines']> {
    return this.#inFull().lines()
  }

  fittingMaxOutput(availableNanos: Nanos, basis: Basis): number | undefined {
    return this.#inFull().fittingMaxOutput(availableNanos, basis)
  }

  #inFull(): RequestBound {
    const bound = boundInFull(this.#options)
    if (!bound.ok) throw new Error(bound.message)
    return bound
  }
}

const quantitiesOf = ({ inputTokens, outputTokens, prices }: PlainDemand): Quantities => {
  const quantities: { [name in Meter]?: number } = {}
  if (inputTokens > 0) quantities[prices.inputMeter] = inputTokens
  if (outputTokens > 0) quantities.output = outputTokens
  return quantities
}

const costOf = ({ inputTokens, outputTokens }: PlainDemand, { input, output, denominator }: TokenPrices): Nanos => {
  const cost = BigInt(inputTokens) * input + BigInt(outputTokens) * output
  return denominator === 1n ? cost : ceilDivide(cost, denominator)
}
