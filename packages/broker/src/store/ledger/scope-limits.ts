import type { SharedLimits } from '@vendo/contract/api'
import type { HoldRequest } from '../records.ts'
import { jsonOf, type SqlRow, textOrNull } from '../sql.ts'
import { storeUnavailable } from '../store-error.ts'
import type { LimitScope } from './account.ts'
import type { Measure } from './entry.ts'

/** What limits can be about. */
export type LimitMeasure = Exclude<Measure, 'wallet'>

/** A key, app or tenant whose limits a hold has to pass. */
export interface LimitHolder {
  readonly scope: LimitScope
  readonly limits: SharedLimits
  /**
   * What is counted for it, with or without a limit at present. It only ever grows, so that an account that exists counts
   * every call of its scope and window.
   */
  readonly counted: readonly LimitMeasure[]
}

/** What has to be counted for these limits. */
export const measuresOf = (limits: SharedLimits): readonly LimitMeasure[] => [
  ...(hasSpendCap(limits) ? (['spend'] as const) : []),
  ...(limits.requests_per_minute === undefined ? [] : (['request'] as const)),
  ...(limits.tokens_per_minute === undefined ? [] : (['tokens'] as const)),
  ...(limits.concurrency === undefined ? [] : (['slot'] as const)),
]

/** Whether any amount of money is limited. */
export const hasSpendCap = (limits: SharedLimits): boolean =>
  limits.spend_day_usd !== undefined || limits.spend_month_usd !== undefined || limits.spend_total_usd !== undefined

/** Every measure of either list, once. */
export const unionOf = (some: readonly LimitMeasure[], more: readonly LimitMeasure[]): readonly LimitMeasure[] => [
  ...new Set([...some, ...more]),
]

/** The columns that {@link limitHoldersOf} reads, of tables k (keys), a (apps) and t (tenants). */
export const limitColumns = `k.limits, k.counted, k.app_id AS limited_app_id,
  a.limits AS app_limits, a.counted AS app_counted, t.limits AS tenant_limits, t.counted AS tenant_counted`

/** Joins the tables a and t to k for {@link limitColumns}. */
export const limitTables = 'LEFT JOIN apps a ON a.id = k.app_id LEFT JOIN tenants t ON t.id = k.tenant_id'

/** Whose limits a hold has to pass, the narrowest first. Apps and tenants that never had a limit are left out. */
export const limitHoldersOf = (
  row: SqlRow,
  { keyId, tenantId }: Pick<HoldRequest, 'keyId' | 'tenantId'>,
): readonly LimitHolder[] => {
  const appId = textOrNull(row, 'limited_app_id')
  const key = holderOf(row, { kind: 'key', id: keyId }, ['limits', 'counted'])
  return [
    // How much a key has spent is always counted.
    ...(key === undefined ? [] : [{ ...key, counted: unionOf(['spend'], key.counted) }]),
    ...(appId === null ? [] : present(holderOf(row, { kind: 'app', id: appId }, ['app_limits', 'app_counted']))),
    ...present(holderOf(row, { kind: 'tenant', id: tenantId }, ['tenant_limits', 'tenant_counted'])),
  ]
}

const holderOf = (
  row: SqlRow,
  scope: LimitScope,
  [limitsColumn, countedColumn]: readonly [string, string],
): LimitHolder | undefined => {
  if (textOrNull(row, limitsColumn) === null) return undefined
  try {
    const limits = jsonOf<SharedLimits>(row, limitsColumn)
    return { scope, limits, counted: unionOf(countedOf(row, countedColumn), measuresOf(limits)) }
  } catch (cause) {
    throw storeUnavailable(`The limits of the ${scope.kind} ${scope.id} cannot be read.`, {
      cause,
      suggestedFix: 'Repair its limits in the store, or set them anew; its calls are refused until then.',
    })
  }
}

/** A column that names what is counted; null is nothing yet. */
export const countedOf = (row: SqlRow, column: string): readonly LimitMeasure[] =>
  textOrNull(row, column) === null ? [] : jsonOf<LimitMeasure[]>(row, column)

const present = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value])
