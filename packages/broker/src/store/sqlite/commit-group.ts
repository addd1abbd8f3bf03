import type { BookedAccount } from '../group/account-book.ts'
import { createAccountBook } from '../group/account-book.ts'
import type { GroupJob } from '../group/group-job.ts'
import { type GroupPlan, GroupRefused, type OpenHold, planGroup } from '../group/plan-group.ts'
import type { Reply } from '../group-commit-store.ts'
import { windowEndOf } from '../ledger/account.ts'
import type { Claim } from '../ledger/claims.ts'
import { entriesOf } from '../ledger/entry.ts'
import { holdValues, insertHoldText } from '../ledger/hold.ts'
import { insertLedgerRowText, ledgerRowValues } from '../ledger/ledger-row.ts'
import { amountsOf } from '../ledger/settle.ts'
import type { HoldOutcome, HoldRequest } from '../records.ts'
import { firstRow, numberOf, type Sql, type Transaction, textOf } from '../sql.ts'
import type { LedgerMemory } from './ledger-memory.ts'

const selectHold = `SELECT tenant_id, entries, adopted, wallet_nanos, spend_nanos, tokens, expires_at
  FROM holds WHERE attempt_id = $1 AND state = 'open'`
const closeHold = `UPDATE holds SET state = 'closed' WHERE attempt_id = $1 AND state = 'open'`
const insertAccount = `INSERT INTO accounts (id, tenant_id, credit, settled, held, window_ends_at)
  VALUES ($1, $2, 0, $3, $4, $5)`
const updateAccount = 'UPDATE accounts SET settled = $2, held = $3 WHERE id = $1'

/**
 * Runs a group of holds and settlements inside a transaction, as if one after the other: what is not remembered is read,
 * then everything is decided, then each account is written once. After a failure the memory is of no use any more.
 *
 * @throws {GroupRefused} when the group has to be run job by job.
 */
export const commitGroup = async (
  transaction: Transaction,
  memory: LedgerMemory,
  jobs: readonly GroupJob[],
): Promise<readonly Reply[]> => {
  const { sql, now } = transaction
  const claims = new Map<HoldRequest, readonly Claim[] | HoldOutcome>()
  const holds = new Map<string, OpenHold>()
  const accounts = new Set<string>()
  for (const job of jobs) {
    if (job.name === 'hold') {
      const claimed = await memory.claimsOf(transaction, job.request)
      claims.set(job.request, claimed)
      if (!('admitted' in claimed)) for (const { account } of claimed) accounts.add(account)
    } else {
      const hold = await openHoldOf(sql, memory, job.settlement.attemptId)
      if (hold === undefined) continue
      holds.set(job.settlement.attemptId, hold)
      for (const { account } of hold.entries) accounts.add(account)
    }
  }
  const book = createAccountBook(await memory.accountsOf(sql, accounts))
  const plan = planGroup(jobs, { now, claims, book, holds })
  const changed = book.changed()
  await write(sql, plan, changed)
  remember(memory, plan, changed)
  return plan.replies
}

const openHoldOf = async (sql: Sql, memory: LedgerMemory, attemptId: string): Promise<OpenHold | undefined> => {
  const known = memory.holds.get(attemptId)
  if (known !== undefined) return known
  const row = await firstRow(sql, selectHold, [attemptId])
  if (row === undefined) return undefined
  return {
    tenantId: textOf(row, 'tenant_id'),
    entries: entriesOf(row),
    amounts: amountsOf(row),
    expiresAt: numberOf(row, 'expires_at'),
  }
}

const write = async (sql: Sql, plan: GroupPlan, accounts: readonly BookedAccount[]): Promise<void> => {
  const { added, closed, settlements, now } = plan
  for (const { request, entries, open } of added) {
    await sql.run(insertHoldText, [...holdValues(request, entries, now), open ? 'open' : 'closed'])
  }
  for (const attemptId of closed) {
    if ((await sql.run(closeHold, [attemptId])) !== 1) throw new GroupRefused('a hold was closed meanwhile')
  }
  for (const settlement of settlements) {
    await sql.run(insertLedgerRowText, ledgerRowValues('terminal', settlement, now))
  }
  for (const { id, tenantId, before, after } of accounts) {
    if (before === undefined) await sql.run(insertAccount, [id, tenantId, after.settled, after.held, windowEndOf(id)])
    else await sql.run(updateAccount, [id, after.settled, after.held])
  }
}

const remember = (memory: LedgerMemory, plan: GroupPlan, accounts: readonly BookedAccount[]): void => {
  for (const { id, after } of accounts) memory.keepAccount(id, after)
  for (const attemptId of plan.closed) memory.holds.delete(attemptId)
  for (const { request, entries, open } of plan.added) {
    if (!open) continue
    const { attemptId, tenantId, walletNanos, spendNanos, tokens, ttlMs } = request
    const amounts = { walletNanos, spendNanos, tokens }
    memory.holds.set(attemptId, { tenantId, entries, amounts, expiresAt: plan.now + ttlMs })
  }
}
