import { numberOf, type Sql } from '../sql.ts'

/** The place after the last in a small table whose order of arrival matters: times alone can be equal. */
export const nextPosition = async (
  sql: Sql,
  table: 'bindings' | 'rate_overrides' | 'margin_versions',
): Promise<number> => {
  const [row] = await sql.all(`SELECT COALESCE(MAX(position), 0) + 1 AS position FROM ${table}`)
  return row === undefined ? 1 : numberOf(row, 'position')
}
