import type { ApiClient } from '../http/api-client.ts'
import {
  fields,
  instant,
  integer,
  listOf,
  nanos,
  nullable,
  oneOf,
  recordOf,
  type Shape,
  type Shaped,
  text,
} from '../http/shape.ts'

/** What the wallet holds. Amounts are nano-USD (10⁻⁹ USD). */
export interface Balance {
  /** What can still be spent, after the holds of running calls; never negative. */
  readonly creditsRemainingNanos: bigint
  readonly heldNanos: bigint
  readonly currency: 'USD'
  readonly topUpUrl: string
}

/** The limits of the calling key in nano-USD, and what they have been used for; `null` = no limit. */
export interface SpendCaps {
  readonly dailyNanos: bigint | null
  readonly monthlyNanos: bigint | null
  readonly totalNanos: bigint | null
  readonly usedTodayNanos: bigint
  readonly usedMonthNanos: bigint
  readonly usedTotalNanos: bigint
}

/** What a usage report covers. */
export interface UsageOptions {
  /** Default: what the API chooses. */
  readonly period?: 'day' | 'month' | 'all'
  readonly groupBy?: 'model' | 'integration' | 'key' | 'app' | 'day'
}

/** Calls and nano-USD. */
export interface UsageSums {
  readonly calls: number
  /** At the provider's list price; null where the operator does not show it to this key. */
  readonly listNanos: bigint | null
  readonly chargeNanos: bigint
  /** What cache reads saved at list price; negative when writing cost more. Null where `listNanos` is. */
  readonly cacheSavingsNanos: bigint | null
}

/** The sums of one group. */
export interface UsageGroup extends UsageSums {
  readonly group: string
  /** Quantity by meter, such as `input` or `cache_read`. */
  readonly quantities: Readonly<Record<string, number>>
}

/** What was used and charged. */
export interface UsageReport {
  readonly period: 'day' | 'month' | 'all'
  readonly from: Date | null
  readonly groupBy: string
  readonly groups: readonly UsageGroup[]
  readonly total: UsageSums
}

/** Money, as the calling key may see it. Every method rejects with `vendo_only_feature` in OSS mode. */
export interface Billing {
  balance(): Promise<Balance>
  spendCaps(): Promise<SpendCaps>
  usage(options?: UsageOptions): Promise<UsageReport>
}

const micros: Shape<bigint> = (value, path) => BigInt(integer(value, path)) * 1000n

const balanceShape = fields({
  credits_remaining_nanos: nanos,
  held_nanos: nanos,
  currency: oneOf('USD'),
  top_up_url: text,
})

const spendCapsShape = fields({
  daily_micros: nullable(micros),
  monthly_micros: nullable(micros),
  total_micros: nullable(micros),
  used_today_micros: micros,
  used_month_micros: micros,
  used_total_micros: micros,
})

const sums = { calls: integer, list_nanos: nullable(nanos), charge_nanos: nanos, cache_savings_nanos: nullable(nanos) }
const usageShape = fields({
  period: oneOf('day', 'month', 'all'),
  from: nullable(instant),
  group_by: text,
  groups: listOf(fields({ ...sums, group: text, quantities: recordOf(integer) })),
  total: fields(sums),
})

/** The billing addresses of the API. */
export const createBilling = (api: ApiClient): Billing => ({
  balance: async () => {
    const body = await api.get('/api/billing/balance', balanceShape)
    return {
      creditsRemainingNanos: body.credits_remaining_nanos,
      heldNanos: body.held_nanos,
      currency: body.currency,
      topUpUrl: body.top_up_url,
    }
  },
  spendCaps: async () => {
    const body = await api.get('/api/billing/spend-caps', spendCapsShape)
    return {
      dailyNanos: body.daily_micros,
      monthlyNanos: body.monthly_micros,
      totalNanos: body.total_micros,
      usedTodayNanos: body.used_today_micros,
      usedMonthNanos: body.used_month_micros,
      usedTotalNanos: body.used_total_micros,
    }
  },
  usage: async ({ period, groupBy } = {}) => {
    const query = new URLSearchParams()
    if (period !== undefined) query.set('period', period)
    if (groupBy !== undefined) query.set('group_by', groupBy)
    const search = query.toString()
    const body = await api.get(`/api/billing/usage${search === '' ? '' : `?${search}`}`, usageShape)
    return {
      period: body.period,
      from: body.from,
      groupBy: body.group_by,
      groups: body.groups.map(({ group, quantities, ...rest }) => ({ group, quantities, ...readSums(rest) })),
      total: readSums(body.total),
    }
  },
})

const readSums = (body: Shaped<typeof usageShape>['total']): UsageSums => ({
  calls: body.calls,
  listNanos: body.list_nanos,
  chargeNanos: body.charge_nanos,
  cacheSavingsNanos: body.cache_savings_nanos,
})
