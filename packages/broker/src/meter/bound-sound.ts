import { ceilDivide, isTokenMeter, type Meter, type Nanos } from '@vendo/contract'
import type { ModelRates } from '@vendo/integrations/rates'
import type { EpochMs } from '../store/records.ts'
import type { MarginOf } from './amount.ts'
import type { RequestBound } from './bound.ts'
import { amountOf, type Basis, type Costing, dearestLine } from './bound-cost.ts'
import { countOf } from './bound-demand.ts'
import { dearestRates } from './dearest-rates.ts'
import { type ExactLine, roundLines } from './price.ts'
import { exceeds, sum } from './rational.ts'

/** Sound that one of these models will turn into text. */
export interface SoundBoundOptions {
  /** At least one; each {@link pricesSound}. */
  readonly models: readonly ModelRates[]
  readonly bytes: number
  /** Fewest bytes that a second takes. */
  readonly leastBytesPerSecond: number
  readonly at: EpochMs
  readonly marginOf: (model: ModelRates) => MarginOf
}

/** Whether a model has the rates that a transcription is billed by: one for a second, or those for every token of it. */
export const pricesSound = (model: ModelRates, at: EpochMs): boolean => {
  const rates = ratesOf(model, at)
  return rates.has('audio_second') || tokenMeters.every((meter) => rates.has(meter))
}

/** Whether an answer of the model counts tokens, whatever it says of the length of the sound. */
export const countsSoundTokens = (model: ModelRates, at: EpochMs): boolean => {
  const rates = ratesOf(model, at)
  return tokenMeters.every((meter) => rates.has(meter))
}

/**
 * The most that the dearest of these models can cost. By the second: as many as the bytes can hold. By the token: a context window
 * of sound, and as many tokens of text, for a long recording is cut into pieces that each have an output limit of their own, and
 * no speech has more tokens of text than of sound.
 */
export const boundSound = (options: SoundBoundOptions): RequestBound => {
  const lists = options.models.map((model) => linesOf(model, 'list', options))
  const charges = options.models.map((model) => linesOf(model, 'charge', options))
  const dearest = charges.reduce((left, right) => (exceeds(amount(right), amount(left)) ? right : left))
  const { lines, costing } = dearest
  return {
    ok: true,
    quantities: Object.fromEntries(lines.map(({ meter, quantity }) => [meter, Number(quantity)])),
    tokens: Math.max(...charges.map(tokensOf)),
    listNanos: lists.map(ceiling).reduce(larger),
    chargeNanos: ceiling(dearest),
    lines: () =>
      roundLines(lines, costing.marginOf, ({ numerator, denominator }) => ceilDivide(numerator, denominator)).lines,
    hidesOutput: false,
    fallbacksAddUp: false,
    waived: [],
    background: false,
    // There is no limit to set: the sound is as long as it is.
    fittingMaxOutput: () => undefined,
  }
}

const tokenMeters: readonly Meter[] = ['input', 'input_audio', 'output']
const inMeters: readonly Meter[] = ['input', 'input_audio']

const ratesOf = (model: ModelRates, at: EpochMs) =>
  dearestRates(model, { facts: {}, inputTokens: countOf(model.contextWindow), at })

/** What one model would bill. */
interface SoundBill {
  readonly lines: readonly ExactLine[]
  readonly costing: Costing
}

const linesOf = (model: ModelRates, basis: Basis, options: SoundBoundOptions): SoundBill => {
  const { bytes, leastBytesPerSecond, at } = options
  const rates = ratesOf(model, at)
  const costing = { basis, marginOf: options.marginOf(model) }
  const tokens = countOf(model.contextWindow)
  const quantities = [
    [['audio_second'], countOf(bytes / leastBytesPerSecond)],
    [inMeters, tokens],
    [['output'], tokens],
  ] as const
  const lines = quantities.flatMap(([meters, quantity]) => {
    const line = dearestLine(meters, rates, costing)
    return line === undefined || quantity === 0n ? [] : [{ ...line, quantity }]
  })
  return { lines, costing }
}

const amount = ({ lines, costing }: SoundBill) => sum(lines.map((line) => amountOf(line, costing)))

const ceiling = (bill: SoundBill): Nanos => {
  const { numerator, denominator } = amount(bill)
  return ceilDivide(numerator, denominator)
}

const tokensOf = ({ lines }: SoundBill): number =>
  lines.reduce((total, { meter, quantity }) => (isTokenMeter(meter) ? total + Number(quantity) : total), 0)

const larger = (left: Nanos, right: Nanos): Nanos => (left > right ? left : right)
