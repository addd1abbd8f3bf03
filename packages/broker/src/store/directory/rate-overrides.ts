import type { RateOverride } from '../records.ts'
import { jsonOf, numberOf, type SqlRow, type Transaction, textOf } from '../sql.ts'
import { nextPosition } from './next-position.ts'

/** Appends rates. Earlier ones stay, so that a bill can always be explained. */
export const addRateOverrides = async ({ sql }: Transaction, overrides: readonly RateOverride[]): Promise<void> => {
  let position = await nextPosition(sql, 'rate_overrides')
  for (const rate of overrides) {
    await sql.run(
      `INSERT INTO rate_overrides
         (integration, model, effective_from, position, context_window, max_output, usd, source)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        rate.integration,
        rate.model,
        rate.effectiveFrom,
        position++,
        rate.contextWindow,
        rate.maxOutput,
        JSON.stringify(rate.usd),
        rate.source,
      ],
    )
  }
}

/** Every rate override, by the instant it takes effect, then in the order they were added: the last that applies wins. */
export const listRateOverrides = async ({ sql }: Transaction): Promise<readonly RateOverride[]> => {
  const text = `SELECT integration, model, effective_from, context_window, max_output, usd, source
    FROM rate_overrides ORDER BY effective_from, position`
  return (await sql.all(text)).map(readRateOverride)
}

const readRateOverride = (row: SqlRow): RateOverride => ({
  integration: textOf(row, 'integration'),
  model: textOf(row, 'model'),
  effectiveFrom: numberOf(row, 'effective_from'),
  contextWindow: numberOf(row, 'context_window'),
  maxOutput: numberOf(row, 'max_output'),
  usd: jsonOf(row, 'usd'),
  source: textOf(row, 'source'),
})
