import { numberOf, type SqlRow, textOf, textOrNull } from '../sql.ts'
import { type LimitScope, scopeAccounts } from './account.ts'
import type { Entry } from './entry.ts'
import { countedOf, type LimitMeasure } from './scope-limits.ts'

/** The columns that {@link derivedAccounts} reads, of tables h (holds), k (keys), a (apps) and o (tenants). */
export const derivedColumns = `h.tenant_id, h.key_id, h.admitted_at, k.counted,
  k.app_id AS limited_app_id, a.counted AS app_counted, o.counted AS tenant_counted`

/** Joins the tables k, a and o to h for {@link derivedColumns}. */
export const derivedTables = `JOIN keys k ON k.id = h.key_id LEFT JOIN apps a ON a.id = k.app_id
  JOIN tenants o ON o.id = h.tenant_id`

/**
 * The accounts that a call counts against without having an entry for them, because their limits came after it had ended:
 * those of them that exist, for an account that exists counts every call of its scope and window.
 */
export const derivedAccounts = (
  row: SqlRow,
  entries: readonly Entry[],
): readonly Pick<Entry, 'account' | 'measure'>[] => {
  const named = new Set(entries.map(({ account }) => account))
  const appId = textOrNull(row, 'limited_app_id')
  const scopes: readonly (readonly [LimitScope, string])[] = [
    [{ kind: 'key', id: textOf(row, 'key_id') }, 'counted'],
    ...(appId === null ? [] : ([[{ kind: 'app', id: appId }, 'app_counted']] as const)),
    [{ kind: 'tenant', id: textOf(row, 'tenant_id') }, 'tenant_counted'],
  ]
  return scopes
    .flatMap(([scope, column]) => {
      const accounts = scopeAccounts(scope, numberOf(row, 'admitted_at'))
      return countedOf(row, column).flatMap((measure) =>
        accountsOf(accounts, measure).map((account) => ({ account, measure })),
      )
    })
    .filter(({ account }) => !named.has(account))
}

const accountsOf = (accounts: ReturnType<typeof scopeAccounts>, measure: LimitMeasure): readonly string[] =>
  ({
    slot: [accounts.concurrency],
    request: [accounts.requestsMinute],
    tokens: [accounts.tokensMinute],
    spend: [accounts.spendDay, accounts.spendMonth, accounts.spendTotal],
  })[measure]
