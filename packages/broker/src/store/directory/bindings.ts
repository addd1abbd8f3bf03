import type { BindingRecord } from '../records.ts'
import { numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'
import { nextPosition } from './next-position.ts'

/** Lets an app use a connection of its own tenant. Repeating it changes nothing, the first instant stays. */
export const createBinding = async ({ sql }: Transaction, binding: BindingRecord): Promise<void> => {
  await sql.run(
    `INSERT INTO bindings (app_id, connection_id, tenant_id, created_at, position) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (app_id, connection_id) DO NOTHING`,
    [binding.appId, binding.connectionId, binding.tenantId, binding.createdAt, await nextPosition(sql, 'bindings')],
  )
}

/** Denies the connection to the app again. */
export const deleteBinding = async ({ sql }: Transaction, appId: string, connectionId: string): Promise<void> => {
  await sql.run('DELETE FROM bindings WHERE app_id = $1 AND connection_id = $2', [appId, connectionId])
}

/** A tenant's bindings, oldest first. */
export const listBindings = async ({ sql }: Transaction, tenantId: string): Promise<readonly BindingRecord[]> => {
  const text = `SELECT app_id, connection_id, tenant_id, created_at FROM bindings
    WHERE tenant_id = $1 ORDER BY created_at, position`
  return (await sql.all(text, [tenantId])).map(readBinding)
}

const readBinding = (row: SqlRow): BindingRecord => ({
  appId: textOf(row, 'app_id'),
  connectionId: textOf(row, 'connection_id'),
  tenantId: textOf(row, 'tenant_id'),
  createdAt: numberOf(row, 'created_at'),
})
