import type { EpochMs, KeyRecord } from '../records.ts'
import { firstRow, jsonOf, numberOf, numberOrNull, type SqlRow, type Transaction, textOf, textOrNull } from '../sql.ts'

const columns =
  'id, tenant_id, kind, scope, name, hash, display, app_id, connection_id, limits, created_at, expires_at, revoked_at'
const select = `SELECT ${columns} FROM keys`

/** Adds a key: its hash, never itself. */
export const createKey = async ({ sql }: Transaction, key: KeyRecord): Promise<void> => {
  await sql.run(`INSERT INTO keys (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, [
    key.id,
    key.tenantId,
    key.kind,
    key.scope,
    key.name,
    key.hash,
    key.display,
    key.appId,
    key.connectionId,
    JSON.stringify(key.limits),
    key.createdAt,
    key.expiresAt,
    key.revokedAt,
  ])
}

/** The key whose SHA-256 this is, whatever its state; or null. */
export const findKeyByHash = async ({ sql }: Transaction, hash: string): Promise<KeyRecord | null> =>
  readKey(await firstRow(sql, `${select} WHERE hash = $1`, [hash]))

/** The key, whatever its state; or null. */
export const getKey = async ({ sql }: Transaction, id: string): Promise<KeyRecord | null> =>
  readKey(await firstRow(sql, `${select} WHERE id = $1`, [id]))

/** A tenant's keys, oldest first; the operator's own for null. */
export const listKeys = async ({ sql }: Transaction, tenantId: string | null): Promise<readonly KeyRecord[]> => {
  const order = 'ORDER BY created_at, id'
  const rows =
    tenantId === null
      ? await sql.all(`${select} WHERE tenant_id IS NULL ${order}`)
      : await sql.all(`${select} WHERE tenant_id = $1 ${order}`, [tenantId])
  return rows.flatMap((row) => readKey(row) ?? [])
}

/** Ends a key. A second revocation keeps the first instant. */
export const revokeKey = async ({ sql }: Transaction, id: string, at: EpochMs): Promise<void> => {
  await sql.run('UPDATE keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL', [id, at])
}

const readKey = (row: SqlRow | undefined): KeyRecord | null =>
  row === undefined
    ? null
    : {
        id: textOf(row, 'id'),
        tenantId: textOrNull(row, 'tenant_id'),
        kind: textOf(row, 'kind') as KeyRecord['kind'],
        scope: textOf(row, 'scope') as KeyRecord['scope'],
        name: textOf(row, 'name'),
        hash: textOf(row, 'hash'),
        display: textOf(row, 'display'),
        appId: textOrNull(row, 'app_id'),
        connectionId: textOrNull(row, 'connection_id'),
        limits: jsonOf(row, 'limits'),
        createdAt: numberOf(row, 'created_at'),
        expiresAt: numberOrNull(row, 'expires_at'),
        revokedAt: numberOrNull(row, 'revoked_at'),
      }
