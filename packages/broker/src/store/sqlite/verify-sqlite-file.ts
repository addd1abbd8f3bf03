import { verify } from '../ledger/verify.ts'
import type { LedgerReport } from '../records.ts'
import { storeUnavailable } from '../store-error.ts'
import { openLedgerFile } from './open-ledger-file.ts'
import { asSql, createSqliteStatements } from './sqlite-sql.ts'

const mostProblems = 20

/**
 * Checks the file of a SQLite store without a broker, and changes nothing in it: that the database is whole, and that every
 * account is what its rows add up to.
 *
 * @throws {VendoError} `store_unavailable` when it cannot be read, is no store, or is of another version.
 */
export const verifySqliteFile = async (path: string): Promise<LedgerReport> => {
  const database = await openLedgerFile(path)
  try {
    const found = database.prepare(`PRAGMA integrity_check(${mostProblems})`).all()
    const damage = found.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok')
    if (damage.length > 0) return { ok: false, accounts: 0, rows: 0, openHolds: 0, problems: damage }
    database.exec('BEGIN')
    return await verify({ sql: asSql(createSqliteStatements(database)), now: Date.now() })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw storeUnavailable(`${path} cannot be read as a ledger: ${reason}.`, { cause })
  } finally {
    database.close()
  }
}
