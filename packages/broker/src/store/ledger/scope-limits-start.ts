import type { Transaction } from '../sql.ts'
import { scopeAccounts, walletAccount, windowEndOf } from './account.ts'
import { adoptedEntriesOf, encodeEntries } from './entries-column.ts'
import { type Entry, heldAmount } from './entry.ts'
import type { LimitMeasure } from './scope-limits.ts'
import { countScope, type OpenCall, type OwnedScope, openCallsOf, type ScopeCount } from './scope-limits-use.ts'

/**
 * Makes the accounts of measures that were not counted for a scope until now, as if they always had been: with what was
 * settled and what running calls hold in the windows that are running. Those calls then count against them as well.
 * The tenant must be locked, see {@link lockTenant}.
 */
export const startCounting = async (
  transaction: Transaction,
  scope: OwnedScope,
  measures: readonly LimitMeasure[],
): Promise<void> => {
  if (measures.length === 0) return
  const open = await openCallsOf(transaction, scope)
  const counts = await countScope(transaction, scope, { measures, open })
  for (const count of counts) await createAccount(transaction, scope.tenantId, count)
  for (const call of open) await adopt(transaction, { scope, counts, call })
}

/**
 * Waits until no other transaction changes the money of a tenant, and keeps them out until this one ends. Whoever writes an
 * account of a tenant on a store of many processes holds its wallet.
 */
export const lockTenant = async ({ sql }: Transaction, tenantId: string): Promise<void> => {
  await sql.run('UPDATE accounts SET held = held WHERE id = $1', [walletAccount(tenantId)])
}

const createAccount = async (
  { sql }: Transaction,
  tenantId: string,
  { account, settled, held }: ScopeCount,
): Promise<void> => {
  // An older version counted some requests of a minute under this name.
  const text = `INSERT INTO accounts (id, tenant_id, credit, settled, held, window_ends_at) VALUES ($1, $2, 0, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET settled = excluded.settled, held = excluded.held`
  await sql.run(text, [account, tenantId, settled, held, windowEndOf(account)])
}

interface Adoption {
  readonly scope: OwnedScope
  readonly counts: readonly ScopeCount[]
  readonly call: OpenCall
}

const adopt = async ({ sql }: Transaction, { scope, counts, call }: Adoption): Promise<void> => {
  // A call that was admitted in an earlier window counts only against accounts that have none.
  const own = new Set(Object.values(scopeAccounts(scope, call.admittedAt)))
  const added = counts
    .filter(({ account }) => own.has(account) && !call.entries.some((entry) => entry.account === account))
    .map(({ account, measure }): Entry => ({ account, measure, amount: heldAmount(measure, call.amounts) }))
  if (added.length === 0) return
  const entries = [...adoptedEntriesOf({ adopted: call.adopted }), ...added]
  await sql.run('UPDATE holds SET adopted = $2 WHERE attempt_id = $1', [call.attemptId, encodeEntries(entries)])
}
