import { walletAccount } from '../ledger/account.ts'
import type { Connection } from './connection.ts'

const lock = 'SELECT id FROM accounts WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE'

/**
 * Locks the wallets of the given tenants, in sorted order so that two transactions never wait for each other. Whoever
 * writes any account of a tenant holds its wallet first: each tenant's money changes in one place at a time.
 */
export const lockWallets = async (connection: Connection, tenantIds: Iterable<string>): Promise<void> => {
  const wallets = [...new Set(tenantIds)].map(walletAccount).sort()
  if (wallets.length > 0) await connection.query(lock, [wallets])
}

const owners = 'SELECT DISTINCT tenant_id FROM holds WHERE attempt_id = ANY($1::text[])'

/** The tenants whose attempts these are; unknown ones add nothing. */
export const tenantsOf = async (connection: Connection, attemptIds: readonly string[]): Promise<readonly string[]> =>
  attemptIds.length === 0
    ? []
    : (await connection.query(owners, [attemptIds])).rows.map(({ tenant_id }) => String(tenant_id))
