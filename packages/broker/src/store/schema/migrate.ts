import { createVendoError } from '@vendo/contract'
import { numberOf, type Transaction } from '../sql.ts'
import { type Dialect, migrations } from './migrations.ts'

/**
 * Brings the schema up to date inside the given transaction and resolves to its version.
 *
 * @throws {VendoError} `store_unavailable` when a newer Vendo wrote the store: an older one must not guess at it.
 */
export const migrate = async ({ sql, now }: Transaction, dialect: Dialect): Promise<number> => {
  await sql.run('CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)')
  const [row] = await sql.all('SELECT COALESCE(MAX(version), 0) AS version FROM schema_versions')
  const current = row === undefined ? 0 : numberOf(row, 'version')
  const newest = migrations.at(-1)?.version ?? 0
  if (current > newest) {
    throw createVendoError(`The store has schema version ${current}; this Vendo knows ${newest} at most.`, {
      code: 'store_unavailable',
      suggestedFix: 'Use the version of Vendo that wrote the store, or a newer one.',
    })
  }
  for (const { version, statements, fromBefore = [], own } of migrations) {
    if (version <= current) continue
    const common = current === 0 ? statements : [...statements, ...fromBefore]
    for (const statement of [...common.map(wordings[dialect]), ...own[dialect]]) await sql.run(statement)
    await sql.run('INSERT INTO schema_versions (version, applied_at) VALUES ($1, $2)', [version, now])
  }
  return newest
}

/** Texts are ids and JSON, compared byte by byte on every database: SQLite does, Postgres has to be told. */
const wordings: { readonly [D in Dialect]: (statement: string) => string } = {
  sqlite: (statement) => statement,
  postgres: (statement) => statement.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"'),
}
