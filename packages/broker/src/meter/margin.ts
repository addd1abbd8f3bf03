import { type Meter, meters } from '@vendo/contract'
import type { MarginRecord } from '../store/records.ts'
import type { MarginOf } from './amount.ts'

/** What applies where no record says otherwise. */
export const defaultMargin = '0.2'

/** Which call, and which of its meters, a margin is looked up for. */
export interface MarginScope {
  readonly tenantId: string
  readonly integration: string
  readonly meter: Meter
}

/**
 * The margin of the narrowest record that applies: tenant + integration + meter, tenant + meter, tenant + integration,
 * tenant, integration + meter, meter, integration, global, and {@link defaultMargin} without any. Of two records with the
 * same scope the later one counts.
 */
export const resolveMargin = (margins: readonly MarginRecord[], scope: MarginScope): string => {
  let narrowest = { rank: -1, margin: defaultMargin }
  for (const record of margins) {
    const rank = rankOf(record)
    if (applies(record, scope) && rank >= narrowest.rank) narrowest = { rank, margin: record.margin }
  }
  return narrowest.margin
}

const applies = (record: MarginRecord, scope: MarginScope): boolean =>
  (record.tenantId ?? scope.tenantId) === scope.tenantId &&
  (record.integration ?? scope.integration) === scope.integration &&
  (record.meter ?? scope.meter) === scope.meter

/** Tenant outweighs meter, which outweighs integration: read as a binary number, that is the documented order. */
const rankOf = ({ tenantId, meter, integration }: MarginRecord): number =>
  Number.parseInt([tenantId, meter, integration].map((part) => (part === undefined ? '0' : '1')).join(''), 2)

/** The margins of a tenant's calls to an integration: one function for each combination, for as long as the records stand. */
export type MarginLookup = (tenantId: string, integration: string) => MarginOf

/**
 * Resolves every margin once. All tenants that no record names share what is remembered, so that it grows with the records
 * and the integrations alone.
 */
export const createMarginLookup = (records: readonly MarginRecord[]): MarginLookup => {
  const shared = new Map<string, MarginOf>()
  const own = new Map(records.flatMap(({ tenantId }) => (tenantId === undefined ? [] : [[tenantId, new Map(shared)]])))
  return (tenantId, integration) => {
    const remembered = own.get(tenantId) ?? shared
    const known = remembered.get(integration)
    if (known !== undefined) return known
    const marginOf = resolveMargins(records, { tenantId, integration })
    remembered.set(integration, marginOf)
    return marginOf
  }
}

const resolveMargins = (records: readonly MarginRecord[], scope: Omit<MarginScope, 'meter'>): MarginOf => {
  const margins = new Map(meters.map((meter) => [meter, resolveMargin(records, { ...scope, meter })]))
  return (meter) => margins.get(meter) ?? resolveMargin(records, { ...scope, meter })
}

const sharedMargins = new WeakMap<MarginOf, string | null>()

/** The one margin of every meter, or `undefined` where they differ. Remembered. */
export const sharedMargin = (marginOf: MarginOf): string | undefined => {
  const known = sharedMargins.get(marginOf)
  if (known !== undefined) return known ?? undefined
  const [first, ...rest] = meters.map(marginOf)
  const shared = rest.every((margin) => margin === first) ? first : undefined
  sharedMargins.set(marginOf, shared ?? null)
  return shared
}
