import { walletAccount } from '../ledger/account.ts'
import type { TenantRecord } from '../records.ts'
import { numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'

/** Adds a tenant together with its empty wallet. */
export const createTenant = async ({ sql }: Transaction, tenant: TenantRecord): Promise<void> => {
  await sql.run('INSERT INTO tenants (id, name, created_at) VALUES ($1, $2, $3)', [
    tenant.id,
    tenant.name,
    tenant.createdAt,
  ])
  await sql.run('INSERT INTO accounts (id, tenant_id, credit, settled, held) VALUES ($1, $2, 0, 0, 0)', [
    walletAccount(tenant.id),
    tenant.id,
  ])
}

/** Every tenant, oldest first. */
export const listTenants = async ({ sql }: Transaction): Promise<readonly TenantRecord[]> =>
  (await sql.all('SELECT id, name, created_at FROM tenants ORDER BY created_at, id')).map(readTenant)

const readTenant = (row: SqlRow): TenantRecord => ({
  id: textOf(row, 'id'),
  name: textOf(row, 'name'),
  createdAt: numberOf(row, 'created_at'),
})
