import type { Meter, Rational } from '@vendo/contract'
import { chargeAmount, listAmount, type MarginOf } from './amount.ts'
import type { Demand, InputPart } from './bound-demand.ts'
import type { DearestRates } from './dearest-rates.ts'
import type { ExactLine } from './price.ts'
import { exceeds, multiply, sum } from './rational.ts'

/** Before or after the margin. */
export type Basis = 'list' | 'charge'

/** How amounts are counted, and therefore which meter is the dearest. */
export interface Costing {
  readonly basis: Basis
  readonly marginOf: MarginOf
}

/** The dearest bill that a demand can lead to. */
export interface WorstCase {
  readonly lines: readonly ExactLine[]
  readonly amount: Rational
  /** What one more token of output limit adds. */
  readonly perOutputToken: Rational
}

/** The exact amount of one line. */
export const amountOf = ({ meter, quantity, rateUsd }: ExactLine, { basis, marginOf }: Costing): Rational => {
  const list = listAmount(meter, quantity, rateUsd)
  return basis === 'list' ? list : chargeAmount(list, marginOf(meter))
}

/**
 * Fills a demand with its dearest tokens first. Meters without a rate are left out: whoever calls has made sure that those
 * which the request needs have one.
 */
export const worstCaseOf = (demand: Demand, rates: DearestRates, costing: Costing): WorstCase => {
  const output = dearestLine(demand.outputMeters, rates, costing)
  const outputs = demand.choices * demand.passes
  const reread = demand.earlierAnswers === 0n ? undefined : dearestLine(demand.input[0]?.meters ?? [], rates, costing)
  const lines = mergeLines([
    ...fillInput(demand, rates, costing),
    ...(output === undefined ? [] : [{ ...output, quantity: demand.output * outputs }]),
  ])
  return {
    lines,
    amount: sum(lines.map((line) => amountOf(line, costing))),
    perOutputToken: sum([
      ...(output === undefined ? [] : [scaled(amountOf(output, costing), outputs)]),
      ...(reread === undefined ? [] : [scaled(amountOf(reread, costing), demand.earlierAnswers * demand.passes)]),
    ]),
  }
}

const scaled = (amount: Rational, factor: bigint): Rational => multiply(amount, { numerator: factor, denominator: 1n })

const fillInput = (demand: Demand, rates: DearestRates, costing: Costing): readonly ExactLine[] => {
  let room = demand.inputLimit
  const lines: ExactLine[] = []
  for (const { line, tokens } of dearestFirst(demand.input, rates, costing)) {
    const taken = room !== undefined && room < tokens ? room : tokens
    if (room !== undefined) room -= taken
    lines.push({ ...line, quantity: taken * demand.passes })
  }
  return lines
}

const dearestFirst = (parts: readonly InputPart[], rates: DearestRates, costing: Costing) =>
  parts
    .flatMap(({ meters, tokens }) => {
      const line = dearestLine(meters, rates, costing)
      return line === undefined ? [] : [{ line, tokens, amount: amountOf(line, costing) }]
    })
    .toSorted((left, right) => (exceeds(left.amount, right.amount) ? -1 : exceeds(right.amount, left.amount) ? 1 : 0))

/** One unit of the meter that costs most; of equals the first. */
export const dearestLine = (meters: readonly Meter[], rates: DearestRates, costing: Costing): ExactLine | undefined => {
  let dearest: ExactLine | undefined
  for (const meter of meters) {
    const rateUsd = rates.get(meter)
    if (rateUsd === undefined) continue
    const line = { meter, quantity: 1n, rateUsd }
    if (dearest === undefined || exceeds(amountOf(line, costing), amountOf(dearest, costing))) dearest = line
  }
  return dearest
}

/** One line per meter and rate, without empty ones. */
export const mergeLines = (lines: readonly ExactLine[]): readonly ExactLine[] => {
  const merged = new Map<string, ExactLine>()
  for (const line of lines) {
    if (line.quantity === 0n) continue
    const key = `${line.meter} ${line.rateUsd}`
    merged.set(key, { ...line, quantity: line.quantity + (merged.get(key)?.quantity ?? 0n) })
  }
  return [...merged.values()]
}
