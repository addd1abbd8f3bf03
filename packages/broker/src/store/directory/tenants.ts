import { walletAccount } from '../ledger/account.ts'
import type { TenantRecord } from '../records.ts'
import { numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'

/** Adds a tenant together with its empty wallet. */
export const createTenant = async ({ sql }: Transaction, tenant: TenantRecord): Promise<void> => {
  await sql.run('INSERT INTO tenants (id, name, created_at, transparent) VALUES ($1, $2, $3, $4)', [
    tenant.id,
    tenant.name,
    tenant.createdAt,
    tenant.transparent === true ? 1 : 0,
  ])
  await sql.run('INSERT INTO accounts (id, tenant_id, credit, settled, held) VALUES ($1, $2, 0, 0, 0)', [
    walletAccount(tenant.id),
    tenant.id,
  ])
}

/** Every tenant, oldest first. */
export const listTenants = async ({ sql }: Transaction): Promise<readonly TenantRecord[]> =>
  (await sql.all('SELECT id, name, created_at, transparent FROM tenants ORDER BY created_at, id')).map(readTenant)

const readTenant = (row: SqlRow): TenantRecord => ({
  id: textOf(row, 'id'),
  name: textOf(row, 'name'),
  createdAt: numberOf(row, 'created_at'),
  ...(numberOf(row, 'transparent') === 1 && { transparent: true }),
})

/** Shows a tenant's own keys list prices and margins, or not any more. False when there is no such tenant. */
export const setTransparent = async ({ sql }: Transaction, id: string, transparent: boolean): Promise<boolean> =>
  (await sql.run('UPDATE tenants SET transparent = $2 WHERE id = $1', [id, transparent ? 1 : 0])) > 0
