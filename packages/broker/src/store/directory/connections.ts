import type { Profile } from '@vendo/contract'
import type { ConnectionRecord } from '../records.ts'
import { firstRow, jsonOf, numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'

const columns = 'c.id, c.tenant_id, c.integration, c.profile, c.name, c.status, c.metadata, c.sealed, c.created_at'

/** Adds a connection. */
export const createConnection = async ({ sql }: Transaction, connection: ConnectionRecord): Promise<void> => {
  await sql.run(
    `INSERT INTO connections (id, tenant_id, integration, profile, name, status, metadata, sealed, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      connection.id,
      connection.tenantId,
      connection.integration,
      connection.profile,
      connection.name,
      connection.status,
      JSON.stringify(connection.metadata),
      connection.sealed.envelope,
      connection.createdAt,
    ],
  )
}

/** The connection, or null. */
export const getConnection = async ({ sql }: Transaction, id: string): Promise<ConnectionRecord | null> => {
  const row = await firstRow(sql, `SELECT ${columns} FROM connections c WHERE c.id = $1`, [id])
  return row === undefined ? null : readConnection(row)
}

/** A tenant's connections, oldest first, revoked ones included. */
export const listConnections = async ({ sql }: Transaction, tenantId: string): Promise<readonly ConnectionRecord[]> => {
  const text = `SELECT ${columns} FROM connections c WHERE c.tenant_id = $1 ORDER BY c.created_at, c.id`
  return (await sql.all(text, [tenantId])).map(readConnection)
}

/** Changes the status; nothing happens when there is no such connection. */
export const setConnectionStatus = async (
  { sql }: Transaction,
  id: string,
  status: ConnectionRecord['status'],
): Promise<void> => {
  await sql.run('UPDATE connections SET status = $2 WHERE id = $1', [id, status])
}

/** The connections an app is bound to, oldest binding first, revoked ones included. */
export const listBoundConnections = async (
  { sql }: Transaction,
  appId: string,
): Promise<readonly ConnectionRecord[]> => {
  const text = `SELECT ${columns} FROM bindings b JOIN connections c ON c.id = b.connection_id
    WHERE b.app_id = $1 ORDER BY b.created_at, b.position`
  return (await sql.all(text, [appId])).map(readConnection)
}

const readConnection = (row: SqlRow): ConnectionRecord => ({
  id: textOf(row, 'id'),
  tenantId: textOf(row, 'tenant_id'),
  integration: textOf(row, 'integration'),
  profile: textOf(row, 'profile') as Profile,
  name: textOf(row, 'name'),
  status: textOf(row, 'status') as ConnectionRecord['status'],
  metadata: jsonOf(row, 'metadata'),
  sealed: { envelope: textOf(row, 'sealed') },
  createdAt: numberOf(row, 'created_at'),
})
