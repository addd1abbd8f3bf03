import type { AppRecord } from '../records.ts'
import { firstRow, numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'

const select = 'SELECT id, tenant_id, name, created_at FROM apps'

/** Adds an app. */
export const createApp = async ({ sql }: Transaction, app: AppRecord): Promise<void> => {
  await sql.run('INSERT INTO apps (id, tenant_id, name, created_at) VALUES ($1, $2, $3, $4)', [
    app.id,
    app.tenantId,
    app.name,
    app.createdAt,
  ])
}

/** The app, or null. */
export const getApp = async ({ sql }: Transaction, id: string): Promise<AppRecord | null> => {
  const row = await firstRow(sql, `${select} WHERE id = $1`, [id])
  return row === undefined ? null : readApp(row)
}

/** A tenant's apps, oldest first. */
export const listApps = async ({ sql }: Transaction, tenantId: string): Promise<readonly AppRecord[]> =>
  (await sql.all(`${select} WHERE tenant_id = $1 ORDER BY created_at, id`, [tenantId])).map(readApp)

const readApp = (row: SqlRow): AppRecord => ({
  id: textOf(row, 'id'),
  tenantId: textOf(row, 'tenant_id'),
  name: textOf(row, 'name'),
  createdAt: numberOf(row, 'created_at'),
})
