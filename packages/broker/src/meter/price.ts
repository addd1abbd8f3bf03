import { type Meter, type Nanos, type Quantities, type Rational, roundHalfEven, type Served } from '@vendo/contract'
import type { ModelRates } from '@vendo/integrations/rates'
import type { ChargeLine, EpochMs } from '../store/records.ts'
import { chargeAmount, listAmount, type MarginOf, unitPrice, wholeQuantity } from './amount.ts'
import { allocate, subtract, sum } from './rational.ts'
import { selectRow } from './select-row.ts'

/** What one model consumed within a call, with the price lists of that model. */
export interface Consumption {
  readonly rates: ModelRates
  readonly served: Served
  readonly quantities: Quantities
}

/** A call in money. Σ of the lines' amounts equals the totals exactly. */
export interface Priced {
  readonly lines: readonly ChargeLine[]
  readonly listNanos: Nanos
  /** What another provider bills for the call beside `listNanos`, to a key that the operator gave to this one. */
  readonly upstreamNanos?: Nanos
  readonly chargeNanos: Nanos
  /** What caching saved at list prices, against the same tokens as plain input; negative where writes cost more than reads saved. */
  readonly cacheSavingsNanos: Nanos
  /** Meters with a quantity but without a rate. The totals leave them out, so a call that has any must not be settled at them. */
  readonly unpriced: readonly Meter[]
}

/** {@link Consumption} to be priced as of an instant, with its margins. */
export interface PriceUsageOptions extends Consumption {
  /** Other models that worked inside the same call (Anthropic's advisor). */
  readonly extra?: readonly Consumption[]
  readonly at: EpochMs
  readonly marginOf: MarginOf
}

/**
 * Prices a call exactly: `quantity × rate × (1 + margin)` per line as rationals, rounded half-even once per call, the lines
 * made to sum by largest remainder. Rates come from the row for what was served and nowhere else; a zero quantity makes no
 * line; a quantity without a rate is reported as unpriced. Never throws on quantities, however odd.
 */
export const priceUsage = (call: PriceUsageOptions): Priced => {
  const bill: Bill = { lines: [], savings: [], unpriced: [] }
  addLines(bill, call, call.at)
  for (const consumption of call.extra ?? []) addLines(bill, consumption, call.at)
  const { lines, listNanos, chargeNanos } = roundLines(bill.lines, call.marginOf)
  return { lines, listNanos, chargeNanos, cacheSavingsNanos: roundHalfEven(sum(bill.savings)), unpriced: bill.unpriced }
}

/** The cost that a provider reports for a call, in USD. */
export interface ReportedCost {
  readonly costUsd: string
  /** What comes on top, billed by another provider to a key that the operator gave to this one. */
  readonly upstreamCostUsd?: string | undefined
  readonly marginOf: MarginOf
}

/**
 * Prices a call at the cost that its provider reports, as one `request` line. What another provider bills is a line of its
 * own: charged like the rest, but no part of the list price, which stays what this provider reported.
 *
 * @throws {TypeError} when a cost is not a decimal.
 */
export const priceReportedCost = ({ costUsd, upstreamCostUsd, marginOf }: ReportedCost): Priced => {
  const costs = upstreamCostUsd === undefined ? [costUsd] : [costUsd, upstreamCostUsd]
  const exact = costs.map((rateUsd): ExactLine => ({ meter: 'request', quantity: 1n, rateUsd }))
  const { lines, listNanos, chargeNanos } = roundLines(exact, marginOf)
  const upstreamNanos = lines[1]?.listNanos
  return {
    lines: lines.map((line, index) => (index === 0 ? line : { ...line, listNanos: 0n })),
    listNanos: listNanos - (upstreamNanos ?? 0n),
    ...(upstreamNanos === undefined ? {} : { upstreamNanos }),
    chargeNanos,
    cacheSavingsNanos: 0n,
    unpriced: [],
  }
}

/** `quantity` of a meter at one rate, not yet in whole nanos. */
export interface ExactLine {
  readonly meter: Meter
  readonly quantity: bigint
  readonly rateUsd: string
}

/** Lines in whole nanos, and what they sum to. */
export type RoundedLines = Pick<Priced, 'lines' | 'listNanos' | 'chargeNanos'>

/** Rounds once per call: totals half-even (or by `round`), list and charge separately, lines by largest remainder. */
export const roundLines = (
  exact: readonly ExactLine[],
  marginOf: MarginOf,
  round: (amount: Rational) => Nanos = roundHalfEven,
): RoundedLines => wholeLines(exact, marginOf) ?? fractionalLines(exact, marginOf, round)

/** Prices of whole nanos leave nothing to round, and nearly all are, margins included. `undefined` where one is not. */
const wholeLines = (exact: readonly ExactLine[], marginOf: MarginOf): RoundedLines | undefined => {
  const lines: ChargeLine[] = []
  let listNanos = 0n
  let chargeNanos = 0n
  for (const { meter, quantity, rateUsd } of exact) {
    const margin = marginOf(meter)
    const price = unitPrice(meter, rateUsd)
    const { list } = price
    const charge = price.charge(margin)
    if (list.denominator !== 1n || charge.denominator !== 1n) return undefined
    const listed = quantity * list.numerator
    const charged = quantity * charge.numerator
    listNanos += listed
    chargeNanos += charged
    lines.push({ meter, quantity: Number(quantity), rateUsd, margin, listNanos: listed, chargeNanos: charged })
  }
  return { lines, listNanos, chargeNanos }
}

const fractionalLines = (
  exact: readonly ExactLine[],
  marginOf: MarginOf,
  round: (amount: Rational) => Nanos,
): RoundedLines => {
  const margins = exact.map(({ meter }) => marginOf(meter))
  const lists = exact.map(({ meter, quantity, rateUsd }) => listAmount(meter, quantity, rateUsd))
  const charges = lists.map((list, index) => chargeAmount(list, margins[index] ?? '0'))
  const listNanos = round(sum(lists))
  const chargeNanos = round(sum(charges))
  const listParts = allocate(lists, listNanos)
  const chargeParts = allocate(charges, chargeNanos)
  const lines = exact.map(({ meter, quantity, rateUsd }, index) => ({
    meter,
    quantity: Number(quantity),
    rateUsd,
    margin: margins[index] ?? '0',
    listNanos: listParts[index] ?? 0n,
    chargeNanos: chargeParts[index] ?? 0n,
  }))
  return { lines, listNanos, chargeNanos }
}

/** The meters of everything that goes in. */
export const inputMeters: readonly Meter[] = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'input_audio',
  'cache_read_audio',
  'input_image',
]

/** Everything that went in, cached or not: what context bands look at. */
export const totalInput = (quantities: Quantities): number => {
  let total = 0
  for (const meter of inputMeters) total += quantities[meter] ?? 0
  return total
}

/** What a call came to so far, nothing of it rounded. */
interface Bill {
  readonly lines: ExactLine[]
  readonly savings: Rational[]
  readonly unpriced: Meter[]
}

const addLines = (bill: Bill, { rates, served, quantities }: Consumption, at: EpochMs): void => {
  const { serviceTier: tier, speed, region } = served
  const usd = selectRow(rates, { tier, speed, region, inputTokens: totalInput(quantities), at })?.usd
  for (const meter of Object.keys(quantities) as Meter[]) {
    const reported = quantities[meter]
    if (reported === undefined || reported === 0) continue
    const quantity = wholeQuantity(reported)
    const rateUsd = usd?.[meter]
    if (quantity === undefined || rateUsd === undefined) {
      if (!bill.unpriced.includes(meter)) bill.unpriced.push(meter)
      continue
    }
    const line = { meter, quantity, rateUsd }
    bill.lines.push(line)
    const plainRate = usd?.[uncachedMeter[meter] ?? meter]
    if (plainRate !== undefined && plainRate !== rateUsd) bill.savings.push(savingOf(line, plainRate))
  }
}

/** The plain meter that the same tokens would have been counted under without a cache. */
const uncachedMeter: Readonly<Partial<Record<Meter, Meter>>> = {
  cache_read: 'input',
  cache_write_5m: 'input',
  cache_write_1h: 'input',
  cache_read_audio: 'input_audio',
}

const savingOf = ({ meter, quantity, rateUsd }: ExactLine, plainRate: string): Rational =>
  subtract(listAmount(meter, quantity, plainRate), listAmount(meter, quantity, rateUsd))
