import type { Meter } from '@vendo/contract'
import type { ModelRates, RateRow, RateTable } from '@vendo/integrations/rates'
import { createRateBook } from '../../meter/rate-book.ts'
import type { EpochMs, RateOverride } from '../../store/records.ts'
import { isDearer } from './exact-decimals.ts'
import type { ListedRates, RateList, SkippedRates } from './rate-list.ts'

/** One model whose rates a list would change. */
export interface RateChange {
  readonly override: RateOverride
  /** Its standard rates at present; absent for a model without any. */
  readonly before: Readonly<Partial<Record<Meter, string>>> | undefined
}

/** What a list would change. */
export interface RatePlan {
  readonly changes: readonly RateChange[]
  readonly unchanged: number
  readonly skipped: readonly SkippedRates[]
}

/** What a plan is made from. */
export interface PlanOptions {
  readonly list: RateList
  readonly tables: readonly RateTable[]
  readonly overrides: readonly RateOverride[]
  /** Where the list comes from. */
  readonly source: string
  readonly at: EpochMs
}

/**
 * Compares a list with the rates in force. Meters that only the present rates have (a fee for searches) are kept. A model whose
 * present rates have tiers or bands is not replaced, because an operator's rate has one list only and would lose them.
 */
export const planRates = ({ list, tables, overrides, source, at }: PlanOptions): RatePlan => {
  const book = createRateBook({ tables, overrides })
  const skipped = [...list.skipped]
  const changes: RateChange[] = []
  let unchanged = 0
  for (const listed of list.rates) {
    const present = book.find({ integration: listed.integration, model: listed.model, at })
    const before = present === undefined ? undefined : standardOf(present, at)?.usd
    if (present !== undefined && before !== undefined && saysNothingNew(listed, before)) unchanged++
    else {
      const reason = obstacle(listed, present, at)
      if (reason === undefined) changes.push({ before, override: overrideOf(listed, before, { source, at, present }) })
      else skipped.push({ model: `${listed.integration}: ${listed.model}`, reason })
    }
  }
  return { changes, unchanged, skipped }
}

const standardOf = ({ rates }: ModelRates, at: EpochMs): RateRow | undefined =>
  rates.find((row) => row.inputAbove === undefined && isStandard(row) && isInForce(row, at))

const isStandard = ({ tier, speed, region }: RateRow): boolean =>
  tier === undefined && speed === undefined && region === undefined

const isInForce = ({ effectiveFrom, effectiveUntil }: RateRow, at: EpochMs): boolean =>
  Date.parse(effectiveFrom) <= at && (effectiveUntil === undefined || at < Date.parse(effectiveUntil))

const saysNothingNew = ({ usd }: ListedRates, before: Readonly<Partial<Record<Meter, string>>>): boolean =>
  (Object.entries(usd) as [Meter, string][]).every(([meter, price]) => {
    const known = before[meter]
    return known !== undefined && !isDearer(price, known) && !isDearer(known, price)
  })

const obstacle = (listed: ListedRates, present: ModelRates | undefined, at: EpochMs): string | undefined => {
  if (listed.banded) return 'other prices for long inputs, which a rate of an operator cannot have'
  const rows = present?.rates.filter((row) => isInForce(row, at)) ?? []
  return rows.some((row) => row.inputAbove !== undefined || !isStandard(row))
    ? 'the catalog has tiers or bands of it, which a rate of an operator would lose'
    : undefined
}

const overrideOf = (
  { integration, model, contextWindow, maxOutput, usd }: ListedRates,
  before: RateChange['before'],
  { source, at, present }: { readonly source: string; readonly at: EpochMs; readonly present: ModelRates | undefined },
): RateOverride => ({
  integration,
  model: present?.model ?? model,
  contextWindow,
  maxOutput: Math.min(maxOutput, contextWindow),
  usd: { ...before, ...usd },
  source,
  effectiveFrom: at,
})
