import type { SharedLimits } from '@vendo/contract/api'
import type { Directory } from './directory.ts'
import type { Caller, Target } from './records.ts'
import { andThen, type Soon } from './soon.ts'

/**
 * Whose money a call can spend, which decides how strictly its body is read:
 *
 * - `pooled`: the operator's credential, paid from the tenant's wallet.
 * - `own_capped`: the tenant's own credential, and a spend limit applies on the key, its app or its tenant.
 * - `own_strict`: the tenant's own credential without such a limit, and the tenant or app refuses calls without a bound.
 * - `own_uncapped`: the tenant's own credential, and nobody limits what it may spend.
 */
export type Payer = 'pooled' | 'own_capped' | 'own_strict' | 'own_uncapped'

/**
 * Works out the payer of a call. Limits that another broker changed can be up to two seconds old here; the hold reads them
 * again, so a cap that was added meanwhile still counts the cost.
 */
export const payerOf = (
  directory: Pick<Directory, 'sharedLimits'>,
  { key, tenantId }: Caller,
  { byok }: Pick<Target, 'byok'>,
): Soon<Payer> => {
  if (!byok) return 'pooled'
  if (limitsMoney(key.limits)) return 'own_capped'
  const ofApp = key.appId === null ? {} : directory.sharedLimits({ kind: 'app', id: key.appId }, tenantId)
  return andThen(ofApp, (app) =>
    andThen(directory.sharedLimits({ kind: 'tenant', id: tenantId }, tenantId), (tenant) => payerWith([app, tenant])),
  )
}

const payerWith = (limits: readonly SharedLimits[]): Payer => {
  if (limits.some(limitsMoney)) return 'own_capped'
  return limits.some(({ unbounded_own_keys: rule }) => rule === 'refuse') ? 'own_strict' : 'own_uncapped'
}

const limitsMoney = (limits: SharedLimits): boolean =>
  limits.spend_day_usd !== undefined || limits.spend_month_usd !== undefined || limits.spend_total_usd !== undefined
