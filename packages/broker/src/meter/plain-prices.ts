import type { Rational } from '@vendo/contract'
import type { ModelRates, RateRow } from '@vendo/integrations/rates'
import type { RequestFacts } from '@vendo/wire'
import type { EpochMs } from '../store/records.ts'
import { chargeAmount } from './amount.ts'
import { amountOf, dearestLine } from './bound-cost.ts'
import { textMeters } from './bound-demand.ts'
import { dearestRates } from './dearest-rates.ts'
import type { ExactLine } from './price.ts'
import { withoutSharedTens } from './read-decimal.ts'
import { effectiveRows, rateTier } from './select-row.ts'

/** What one token in and one token out cost, in nano-USD over a common denominator: 1 in nearly every table. */
export interface TokenPrices {
  readonly input: bigint
  /** 0 for a model without a rate for output. */
  readonly output: bigint
  readonly denominator: bigint
}

/** The dearest prices that text can be billed at. */
export interface PlainPrices {
  readonly inputMeter: ExactLine['meter']
  readonly hasOutput: boolean
  readonly list: TokenPrices
  readonly charge: TokenPrices
}

/** What the prices of a request for text alone depend on beside its model. */
export interface PlainConditions {
  readonly facts: RequestFacts
  readonly inputTokens: number
  readonly at: EpochMs
  /** The one margin on everything. */
  readonly margin: string
}

/**
 * The dearest prices of text, remembered: for one model a few combinations of conditions come up in call after call.
 * `undefined` where more than tokens is billed, a rate is missing, or the request names a condition that is not standard.
 */
export const plainPrices = (model: ModelRates, conditions: PlainConditions): PlainPrices | undefined => {
  const { facts, inputTokens, margin } = conditions
  if (!isStandard(facts)) return undefined
  const rows = effectiveRows(model, conditions.at)
  const known = remembered.get(rows) ?? []
  const fixed = isFixed(facts)
  for (const entry of known) {
    if (entry.inputAbove >= inputTokens || inputTokens > entry.inputUpTo) continue
    if (entry.margin === margin && entry.cacheWrite === facts.cacheWrite && entry.fixed === fixed) return entry.prices
  }
  const prices = findPrices(model, conditions)
  const entry = { ...bandOf(rows, inputTokens), margin, cacheWrite: facts.cacheWrite, fixed, prices }
  remembered.set(rows, [...known.slice(-mostRemembered), entry])
  return prices
}

interface Entry {
  readonly inputAbove: number
  readonly inputUpTo: number
  readonly margin: string
  readonly cacheWrite: RequestFacts['cacheWrite']
  readonly fixed: boolean
  readonly prices: PlainPrices | undefined
}

// By the lists in force: when others come into force, it is forgotten with them.
const remembered = new WeakMap<readonly RateRow[], readonly Entry[]>()
const mostRemembered = 31

const isStandard = ({ serviceTier, speed, region }: RequestFacts): boolean =>
  rateTier(serviceTier) === undefined && speed === undefined && region === undefined

/** The request names the standard tier, and the answer keeps to it; without a tier, or with `auto`, it may be any. */
const isFixed = ({ serviceTier }: RequestFacts): boolean => serviceTier !== undefined && serviceTier !== 'auto'

/** The sizes of input that reach the same context bands: more than `inputAbove` tokens, and at most `inputUpTo`. */
const bandOf = (rows: readonly RateRow[], inputTokens: number): Pick<Entry, 'inputAbove' | 'inputUpTo'> => {
  const thresholds = rows.flatMap((row) => row.inputAbove ?? [])
  return {
    inputAbove: Math.max(-1, ...thresholds.filter((threshold) => threshold < inputTokens)),
    inputUpTo: Math.min(Number.POSITIVE_INFINITY, ...thresholds.filter((threshold) => threshold >= inputTokens)),
  }
}

const findPrices = (
  model: ModelRates,
  { facts, inputTokens, at, margin }: PlainConditions,
): PlainPrices | undefined => {
  const rates = dearestRates(model, { facts, inputTokens: BigInt(inputTokens), at })
  const unwritable = facts.cacheWrite === '1h' && rates.has('cache_write_5m') && !rates.has('cache_write_1h')
  if (!rates.has('input') || rates.has('request') || unwritable) return undefined
  const costing = { basis: 'list', marginOf: () => margin } as const
  const input = dearestLine(textMeters(facts), rates, costing)
  const output = dearestLine(['output'], rates, costing)
  if (input === undefined) return undefined
  const lists = [amountOf(input, costing), ...(output === undefined ? [] : [amountOf(output, costing)])]
  return {
    inputMeter: input.meter,
    hasOutput: output !== undefined,
    list: inCommon(lists),
    charge: inCommon(lists.map((list) => withoutSharedTens(chargeAmount(list, margin)))),
  }
}

const nought: Rational = { numerator: 0n, denominator: 1n }

/** Denominators are powers of ten, so that the larger one is common. */
const inCommon = ([input = nought, output = nought]: readonly Rational[]): TokenPrices => {
  const denominator = input.denominator > output.denominator ? input.denominator : output.denominator
  const scaled = (price: Rational): bigint => price.numerator * (denominator / price.denominator)
  return { input: scaled(input), output: scaled(output), denominator }
}
