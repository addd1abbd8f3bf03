import type { Meter } from '@vendo/contract'
import type { MarginRecord } from '../records.ts'
import { type SqlRow, type Transaction, textOf } from '../sql.ts'

/** Sets the margin of exactly this scope, replacing an earlier one. Settled calls keep theirs. */
export const putMargin = async ({ sql }: Transaction, margin: MarginRecord): Promise<void> => {
  await sql.run(
    `INSERT INTO margins (tenant_id, integration, meter, margin) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, integration, meter) DO UPDATE SET margin = excluded.margin`,
    [margin.tenantId ?? '', margin.integration ?? '', margin.meter ?? '', margin.margin],
  )
}

/** Every margin. */
export const listMargins = async ({ sql }: Transaction): Promise<readonly MarginRecord[]> => {
  const text = 'SELECT tenant_id, integration, meter, margin FROM margins ORDER BY tenant_id, integration, meter'
  return (await sql.all(text)).map(readMargin)
}

const readMargin = (row: SqlRow): MarginRecord => {
  const [tenantId, integration, meter] = [textOf(row, 'tenant_id'), textOf(row, 'integration'), textOf(row, 'meter')]
  return {
    ...(tenantId !== '' && { tenantId }),
    ...(integration !== '' && { integration }),
    ...(meter !== '' && { meter: meter as Meter }),
    margin: textOf(row, 'margin'),
  }
}
