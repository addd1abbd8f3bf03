import { type AccountBook, createAccountBook } from '../group/account-book.ts'
import type { Account } from '../ledger/account.ts'
import { bigintOf, textOf } from '../sql.ts'
import type { Connection } from './connection.ts'

const select = 'SELECT id, credit, settled, held FROM accounts WHERE id = ANY($1::text[])'

/** Reads accounts; their tenants' wallets must be locked. */
export const readAccountBook = async (connection: Connection, ids: readonly string[]): Promise<AccountBook> => {
  const { rows } = ids.length === 0 ? { rows: [] } : await connection.query(select, [ids])
  const found = new Map<string, Account>(
    rows.map((row) => [
      textOf(row, 'id'),
      { credit: bigintOf(row, 'credit'), settled: bigintOf(row, 'settled'), held: bigintOf(row, 'held') },
    ]),
  )
  return createAccountBook(found)
}
