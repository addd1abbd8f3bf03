import type { Meter } from '@vendo/contract'
import type { MarginRecord } from '../records.ts'
import { numberOf, type SqlRow, type Transaction, textOf, textOrNull } from '../sql.ts'
import { nextPosition } from './next-position.ts'

/** Appends margins, or their ends. Earlier ones stay, so that a bill can always be explained. */
export const addMargins = async ({ sql }: Transaction, margins: readonly MarginRecord[]): Promise<void> => {
  let position = await nextPosition(sql, 'margin_versions')
  for (const margin of margins) {
    await sql.run(
      `INSERT INTO margin_versions
         (position, tenant_id, integration, model, meter, margin, effective_from, created_at, author_key_id, note)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        position++,
        margin.tenantId ?? '',
        margin.integration ?? '',
        margin.model ?? '',
        margin.meter ?? '',
        margin.margin,
        margin.effectiveFrom,
        margin.createdAt,
        margin.authorKeyId,
        margin.note,
      ],
    )
  }
}

/** Every margin there ever was, by the instant it takes effect, then in the order they were added: the last that applies wins. */
export const listMargins = async ({ sql }: Transaction): Promise<readonly MarginRecord[]> => {
  const text = `SELECT tenant_id, integration, model, meter, margin, effective_from, created_at, author_key_id, note
    FROM margin_versions ORDER BY effective_from, position`
  return (await sql.all(text)).map(readMargin)
}

const readMargin = (row: SqlRow): MarginRecord => {
  const [tenantId, integration, model, meter] = (['tenant_id', 'integration', 'model', 'meter'] as const).map(
    (column) => textOf(row, column),
  )
  return {
    ...(tenantId !== '' && { tenantId }),
    ...(integration !== '' && { integration }),
    ...(model !== '' && { model }),
    ...(meter !== '' && { meter: meter as Meter }),
    margin: textOrNull(row, 'margin'),
    effectiveFrom: numberOf(row, 'effective_from'),
    createdAt: numberOf(row, 'created_at'),
    authorKeyId: textOrNull(row, 'author_key_id'),
    note: textOf(row, 'note'),
  }
}
