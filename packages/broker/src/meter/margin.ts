import type { Meter } from '@vendo/contract'
import type { MarginRecord } from '../store/records.ts'

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
