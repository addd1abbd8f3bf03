import type { Meter, Quantities, Served } from '@vendo/contract'
import type { ModelRates } from '@vendo/integrations/rates'
import type { UsageReading } from '@vendo/wire'
import { maxCallNanos } from '../store/ledger/assert-amounts.ts'
import type { EpochMs, Settlement } from '../store/records.ts'
import type { MarginOf } from './amount.ts'
import type { RequestBound } from './bound.ts'
import { estimateUsage, outputUnseen, tellsInput, totalTokens, wasRefused, worksOn } from './estimate.ts'
import { type Consumption, type Priced, priceReportedCost, priceUsage } from './price.ts'
import type { RateBook } from './rate-book.ts'

/** A dispatched call that has ended, with everything that decides its charge. */
export interface ChargeOptions {
  /** What the meter learned; absent when nothing came back. */
  readonly reading: UsageReading | undefined
  /** The upstream's status; null when it never answered. */
  readonly status: number | null
  readonly end: 'complete' | 'client_gone' | 'upstream_died' | 'timeout' | 'shutdown'
  /** What was held. Absent for a correction, which is only right if it comes out `actual`. */
  readonly bound: RequestBound | undefined
  /** Rates of the model that the request named. */
  readonly rates: ModelRates
  readonly requestModel: string
  readonly integration: string
  readonly rateBook: RateBook
  /** The provider reports the cost of each call (OpenRouter): that is what the call is settled at. */
  readonly reportsCost: boolean
  readonly marginOf: MarginOf
  /** The instant of admission: rates and margins are those of then. */
  readonly at: EpochMs
  /** As {@link estimateUsage} takes it. */
  readonly unseenOutput?: number | undefined
  /** The tenant's own credential: counted and capped at list price, and the wallet pays nothing. */
  readonly byok: boolean
}

/** The part of a settlement that money and usage decide. */
export type Charge = Pick<
  Settlement,
  | 'state'
  | 'reason'
  | 'flags'
  | 'walletNanos'
  | 'spendNanos'
  | 'listNanos'
  | 'cacheSavingsNanos'
  | 'lines'
  | 'quantities'
  | 'tokens'
  | 'reasoningTokens'
  | 'servedModel'
>

/**
 * What a dispatched call is settled at. Final usage is priced exactly, by the model, tier, speed and region that the answer
 * names (`actual`). Without it the call is `estimated`, with the reason `no_usage`, `client_gone`, `upstream_died`,
 * `timeout`, `shutdown` or `background`, never above the hold. A quantity that has no rate, or an answer from a model that
 * has none, makes it `estimated` with the reason `unpriced`, flagged, at the hold: never at $0 and never at a guess. So does
 * usage or a cost beyond what the ledger can hold, with the reason `out_of_range`. Work in the background, and with a pooled
 * credential a call without a byte of an answer, are at the hold too. An estimate that charges output nobody saw (what was
 * held, or on an own credential what there was time for) is flagged `output_unseen`; one at the hold because
 * the connection died before a byte of an answer is flagged `refundable`, as the provider may have done nothing.
 * A refusal without usage is `actual` and costs nothing.
 */
export const chargeFor = (call: ChargeOptions): Charge => {
  const options = withoutWaived(call)
  const { reading, bound } = options
  if (wasRefused(options)) return charge(options, { priced: nothing, quantities: {} })
  if (saysTooMuch(options)) return outOfRange(options)
  if (reading !== undefined && isFinal(options, reading)) return actual(options, reading)
  const quantities = bound === undefined ? {} : estimateUsage({ ...options, bound })
  const { priced, flags } = priceServed(options, quantities)
  const reason = estimateReason(options)
  const notes = estimateFlags(options)
  const unknown = (options.status === null && options.unseenOutput === undefined) || reason === 'background'
  if (priced === undefined || unknown || bound?.fallbacksAddUp === true || isAboveHold(priced, bound)) {
    return charge(options, { priced: atHold(bound), quantities, reason, flags: [...flags, ...notes] })
  }
  return charge(options, { priced, quantities, reason, flags: notes })
}

/** What an operator should know of an estimate: what it charges without evidence, and what a refund may give back. */
const estimateFlags = ({ bound, reading, status, end, unseenOutput }: ChargeOptions): readonly string[] => {
  if (bound === undefined) return []
  if (status === null) {
    return [
      ...(end === 'upstream_died' ? ['refundable'] : []),
      ...(unseenOutput === undefined ? [] : ['output_unseen']),
    ]
  }
  return outputUnseen({ bound, reading }) ? ['output_unseen'] : []
}

const withoutWaived = (call: ChargeOptions): ChargeOptions => {
  const { reading, bound } = call
  if (reading?.usage === undefined || bound === undefined || bound.waived.length === 0) return call
  const quantities = Object.entries(reading.usage.quantities).filter(
    ([meter]) => !bound.waived.includes(meter as Meter),
  )
  return { ...call, reading: { ...reading, usage: { ...reading.usage, quantities: Object.fromEntries(quantities) } } }
}

const actual = (options: ChargeOptions, { usage, upstreamCostUsd }: UsageReading): Charge => {
  const quantities = usage?.quantities ?? {}
  const { marginOf, bound, reportsCost } = options
  if (reportsCost && usage?.reportedCostUsd !== undefined) {
    const priced = priceReportedCost({ costUsd: usage.reportedCostUsd, upstreamCostUsd, marginOf })
    return charge(options, { priced, quantities, flags: aboveHoldFlags(priced, bound) })
  }
  const { priced, flags } = priceServed(options, quantities)
  if (priced === undefined) return charge(options, { priced: atHold(bound), quantities, reason: 'unpriced', flags })
  return charge(options, { priced, quantities, flags: aboveHoldFlags(priced, bound) })
}

/** The usage is that of the whole answer, tells both of its sides, and is not what a stream said at its start. */
const isFinal = ({ reportsCost }: ChargeOptions, { usage, final, untold }: UsageReading): boolean => {
  if (usage === undefined || !final) return false
  if (reportsCost && usage.reportedCostUsd !== undefined) return true
  return untold === undefined && tellsInput(usage.quantities)
}

/** A count is too large for a number, or a cost stands where a provider reports it and is no amount. */
const saysTooMuch = ({ reportsCost, reading }: ChargeOptions): boolean =>
  reading?.flags.some(
    (flag) => flag.startsWith('usage_out_of_range:') || (reportsCost && flag.startsWith('bad_usage_value:cost')),
  ) === true

const estimateReason = ({ reading, end, bound, status }: ChargeOptions): string => {
  const background = bound === undefined ? reading?.pending === true : worksOn({ bound, reading })
  if (background && status !== null) return 'background'
  if (end !== 'complete') return end
  return reading?.failed === true ? 'upstream_died' : 'no_usage'
}

interface ServedPrice {
  /** Absent when something has no rate. */
  readonly priced: Priced | undefined
  readonly flags: readonly string[]
}

const priceServed = (options: ChargeOptions, quantities: Quantities): ServedPrice => {
  const { reading, marginOf, at } = options
  const served = reading?.served ?? {}
  const rates = ratesOf(options, served.model ?? options.requestModel)
  if (rates === undefined) return { priced: undefined, flags: ['served_model_unpriced'] }
  const extra: Consumption[] = []
  for (const { model, quantities: used } of reading?.extraUsage ?? []) {
    const called = model === undefined ? rates : ratesOf(options, model)
    if (called === undefined) return { priced: undefined, flags: [`served_model_unpriced:${model}`] }
    extra.push({ rates: called, served: model === undefined ? served : regionOf(served), quantities: used })
  }
  const priced = priceUsage({ rates, served, quantities, extra, at, marginOf })
  if (priced.unpriced.length === 0) return { priced, flags: [] }
  return { priced: undefined, flags: priced.unpriced.map((meter) => `unpriced:${meter}`) }
}

/** Tier and speed are the served model's own; where the call ran holds for every model in it. */
const regionOf = ({ region }: Served): Served => (region === undefined ? {} : { region })

const ratesOf = ({ rates, requestModel, rateBook, integration, at }: ChargeOptions, model: string) =>
  model === requestModel ? rates : rateBook.find({ integration, model, at })

const isAboveHold = (
  { listNanos, upstreamNanos = 0n, chargeNanos }: Priced,
  bound: RequestBound | undefined,
): boolean => bound !== undefined && (listNanos + upstreamNanos > bound.listNanos || chargeNanos > bound.chargeNanos)

const aboveHoldFlags = (priced: Priced, bound: RequestBound | undefined): readonly string[] =>
  isAboveHold(priced, bound) ? ['above_hold'] : []

const nothing: Priced = { lines: [], listNanos: 0n, chargeNanos: 0n, cacheSavingsNanos: 0n, unpriced: [] }

const atHold = (bound: RequestBound | undefined): Priced => {
  if (bound === undefined) return nothing
  const lines = bound.lines()
  const listNanos = lines.reduce((total, line) => total + line.listNanos, 0n)
  const chargeNanos = lines.reduce((total, line) => total + line.chargeNanos, 0n)
  return { ...nothing, lines, listNanos, chargeNanos }
}

interface Outcome {
  readonly priced: Priced
  readonly quantities: Quantities
  /** Set for estimates. */
  readonly reason?: string
  readonly flags?: readonly string[]
}

/** What no ledger can hold: settled at the hold at once, for the provider cannot have meant it. */
const outOfRange = (options: ChargeOptions): Charge => {
  const { bound, reading } = options
  // Whatever else the answer counted may be as wrong.
  const unread = reading === undefined ? {} : { reading: { ...reading, extraUsage: [] } }
  return charge(
    { ...options, ...unread },
    { priced: atHold(bound), quantities: bound?.quantities ?? {}, reason: 'out_of_range', flags: ['out_of_range'] },
  )
}

const isInRange = ({ listNanos, upstreamNanos = 0n, chargeNanos, cacheSavingsNanos }: Priced, tokens: number) =>
  Number.isSafeInteger(tokens) &&
  listNanos + upstreamNanos <= maxCallNanos &&
  chargeNanos <= maxCallNanos &&
  cacheSavingsNanos <= maxCallNanos &&
  cacheSavingsNanos >= -maxCallNanos

const charge = (options: ChargeOptions, outcome: Outcome): Charge => {
  const { priced, quantities, reason, flags = [] } = outcome
  const { reading, byok } = options
  const { lines, listNanos, upstreamNanos = 0n, chargeNanos, cacheSavingsNanos } = priced
  let tokens = totalTokens(quantities)
  for (const extra of reading?.extraUsage ?? []) tokens += totalTokens(extra.quantities)
  if (reason !== 'out_of_range' && !isInRange(priced, tokens)) return outOfRange(options)
  return {
    state: reason === undefined ? 'actual' : 'estimated',
    reason: reason ?? null,
    flags: reading === undefined || reading.flags.length === 0 ? flags : [...reading.flags, ...flags],
    walletNanos: byok ? 0n : chargeNanos,
    spendNanos: byok ? listNanos + upstreamNanos : chargeNanos,
    listNanos,
    cacheSavingsNanos,
    lines: byok ? lines.map((line) => ({ ...line, margin: '0', chargeNanos: 0n })) : lines,
    quantities,
    tokens,
    reasoningTokens: reading?.usage?.reasoning ?? null,
    servedModel: reading?.served.model ?? null,
  }
}
