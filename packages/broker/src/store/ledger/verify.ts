import type { LedgerReport } from '../records.ts'
import { bigintOf, numberOf, type Sql, type SqlRow, type Transaction, textOf } from '../sql.ts'
import { isForgotten, walletAccount } from './account.ts'
import { type Recomputed, type RecomputedAccounts, recomputeAttempt } from './recompute-attempt.ts'
import { derivedColumns, derivedTables } from './scope-limits-derived.ts'

const pageSize = 500
const maxProblems = 100

/**
 * Recomputes every account from the rows and the open holds, and checks what must hold of each attempt. Reports at most
 * 100 problems; memory grows with the accounts, not with the rows. Limits of minutes that are a day old are left out.
 */
export const verify = async ({ sql, now }: Transaction): Promise<LedgerReport> => {
  const problems: string[] = []
  const report = (problem: string): void => {
    if (problems.length < maxProblems) problems.push(problem)
  }
  const accountsFound: RecomputedAccounts = { named: new Map(), derived: new Map() }
  const { named: expected } = accountsFound
  const { rows, openHolds } = await recomputeHolds(sql, accountsFound, report)
  const topUps = await recomputeTopUps(sql, expected)
  const strayRows = (await count(sql, 'SELECT COUNT(*) AS n FROM ledger_rows')) - rows
  if (strayRows !== 0) report(`${strayRows} ledger rows belong to no attempt.`)
  for (const id of expected.keys()) if (isForgotten(id, now)) expected.delete(id)
  const accounts = await compareAccounts({ sql, now }, accountsFound, report)
  return { ok: problems.length === 0, accounts, rows: rows + topUps, openHolds, problems }
}

const recomputeHolds = async (sql: Sql, expected: RecomputedAccounts, report: (problem: string) => void) => {
  let rows = 0
  let openHolds = 0
  let after = ''
  for (;;) {
    const page = await sql.all(attempts, [after, pageSize])
    for (const row of page) {
      rows += (row['terminal_state'] === null ? 0 : 1) + (row['correction_state'] === null ? 0 : 1)
      if (textOf(row, 'state') === 'open') openHolds++
      recomputeAttempt(row, expected, report)
      after = textOf(row, 'attempt_id')
    }
    if (page.length < pageSize) return { rows, openHolds }
  }
}

const attempts = `SELECT h.attempt_id, h.state, h.entries, h.adopted, ${derivedColumns}, f.attempt_id AS refunded, h.wallet_nanos, h.spend_nanos, h.tokens,
    t.state AS terminal_state, t.reason AS terminal_reason, t.flags AS terminal_flags, t.lines AS terminal_lines,
    t.wallet_nanos AS terminal_wallet_nanos, t.spend_nanos AS terminal_spend_nanos,
    t.list_nanos AS terminal_list_nanos, t.tokens AS terminal_tokens,
    c.state AS correction_state, c.flags AS correction_flags, c.wallet_nanos AS correction_wallet_nanos,
    c.spend_nanos AS correction_spend_nanos, c.tokens AS correction_tokens
  FROM holds h ${derivedTables}
  LEFT JOIN ledger_rows t ON t.attempt_id = h.attempt_id AND t.kind = 'terminal'
  LEFT JOIN ledger_rows c ON c.attempt_id = h.attempt_id AND c.kind = 'correction'
  LEFT JOIN refunds f ON f.attempt_id = h.attempt_id
  WHERE h.attempt_id > $1 ORDER BY h.attempt_id LIMIT $2`

const recomputeTopUps = async (sql: Sql, expected: Map<string, Recomputed>): Promise<number> => {
  const text = `SELECT tenant_id, CAST(SUM(amount_nanos) AS BIGINT) AS credit, COUNT(*) AS n
    FROM top_ups GROUP BY tenant_id`
  let topUps = 0
  for (const row of await sql.all(text)) {
    const account = walletAccount(textOf(row, 'tenant_id'))
    const empty = { credit: 0n, settled: 0n, held: 0n, overshoot: 0n }
    expected.set(account, { ...(expected.get(account) ?? empty), credit: bigintOf(row, 'credit') })
    topUps += numberOf(row, 'n')
  }
  return topUps
}

const compareAccounts = async (
  { sql, now }: Transaction,
  { named: expected, derived }: RecomputedAccounts,
  report: (problem: string) => void,
): Promise<number> => {
  let accounts = 0
  let after = ''
  for (;;) {
    const page = await sql.all(
      'SELECT id, tenant_id, credit, settled, held FROM accounts WHERE id > $1 ORDER BY id LIMIT $2',
      [after, pageSize],
    )
    for (const row of page) {
      after = textOf(row, 'id')
      if (!isForgotten(after, now)) compareAccount(row, withDerived(expected.get(after), derived.get(after)), report)
      expected.delete(after)
    }
    accounts += page.length
    if (page.length < pageSize) break
  }
  for (const [id, { credit, settled, held }] of expected) {
    if (credit !== 0n || settled !== 0n || held !== 0n) report(`Account ${id} is missing.`)
  }
  return accounts
}

const withDerived = (recomputed: Recomputed | undefined, derived = 0n): Recomputed => {
  const { credit, settled, held, overshoot } = recomputed ?? { credit: 0n, settled: 0n, held: 0n, overshoot: 0n }
  return { credit, settled: settled + derived, held, overshoot }
}

const compareAccount = (row: SqlRow, expected: Recomputed, report: (problem: string) => void): void => {
  const id = textOf(row, 'id')
  for (const column of ['credit', 'settled', 'held'] as const) {
    const [kept, found] = [bigintOf(row, column), expected[column]]
    if (kept !== found) report(`Account ${id} says ${column} ${kept}; its rows say ${found}.`)
  }
  if (
    id === walletAccount(textOf(row, 'tenant_id')) &&
    bigintOf(row, 'settled') + bigintOf(row, 'held') > bigintOf(row, 'credit') + expected.overshoot
  ) {
    report(`Account ${id} is overdrawn by more than its flagged overshoots.`)
  }
}

const count = async (sql: Sql, text: string): Promise<number> => {
  const [row] = await sql.all(text)
  return row === undefined ? 0 : numberOf(row, 'n')
}
