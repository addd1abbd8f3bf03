import { type BookedAccount, createAccountBook } from '../group/account-book.ts'
import type { GroupJob } from '../group/group-job.ts'
import { type GroupPlan, GroupRefused, planGroup } from '../group/plan-group.ts'
import type { Reply } from '../group-commit-store.ts'
import { windowEndOf } from '../ledger/account.ts'
import type { ClaimedLimit } from '../ledger/claims.ts'
import { holdValues, insertHoldText } from '../ledger/hold.ts'
import { encodeAccounts, encodeShortEntries } from '../ledger/short-entries.ts'
import type { EpochMs } from '../records.ts'
import { appendTerminalRow } from './append-terminal-row.ts'
import type { LedgerMemory } from './ledger-memory.ts'
import type { SqliteStatements } from './sqlite-sql.ts'

const closeHold = `UPDATE holds SET state = 'closed' WHERE attempt_id = $1 AND state = 'open'`
const insertAccount = `INSERT INTO accounts (id, tenant_id, credit, settled, held, window_ends_at)
  VALUES ($1, $2, 0, $3, $4, $5)`
const updateAccount = 'UPDATE accounts SET settled = $1, held = $2 WHERE id = $3'

/** Where a group runs: one transaction, what is remembered in it, and the store's clock as read after it began. */
export interface GroupPlace {
  readonly statements: SqliteStatements
  readonly memory: LedgerMemory
  readonly now: EpochMs
}

/**
 * Runs a group of holds and settlements inside a transaction, as if one after the other: everything is decided, reading
 * what is not remembered, then each account is written once. After a failure the memory is of no use any more.
 *
 * @throws {GroupRefused} when the group has to be run job by job.
 */
export const commitGroup = ({ statements, memory, now }: GroupPlace, jobs: readonly GroupJob[]): readonly Reply[] => {
  const book = createAccountBook(memory)
  const plan = planGroup(jobs, {
    now,
    limitsOf: (request) => memory.limitsOf(request, now),
    book,
    holdOf: (attemptId) => memory.holdOf(attemptId),
  })
  const changed = book.changed()
  write(statements, plan, changed)
  remember(memory, plan, changed)
  return plan.replies
}

const write = (statements: SqliteStatements, plan: GroupPlan, accounts: readonly BookedAccount[]): void => {
  const { added, closed, settlements, now } = plan
  for (const { request, reservedNanos, limits, open } of added) {
    const entries = encodeShortEntries(accountsText(limits), request, reservedNanos)
    statements.run(insertHoldText, holdValues(request, { entries, now, open }))
  }
  for (const attemptId of closed) {
    if (statements.run(closeHold, [attemptId]) !== 1) throw new GroupRefused('a hold was closed meanwhile')
  }
  for (const settlement of settlements) appendTerminalRow(statements, settlement, now)
  for (const { id, tenantId, before, after } of accounts) {
    if (before === undefined) statements.run(insertAccount, [id, tenantId, after.settled, after.held, windowEndOf(id)])
    else statements.run(updateAccount, [after.settled, after.held, id])
  }
}

/** Every hold of one claimant in one minute has the same limits, and therefore the same accounts. */
const accountsTexts = new WeakMap<readonly ClaimedLimit[], string>()

const accountsText = (limits: readonly ClaimedLimit[]): string => {
  const known = accountsTexts.get(limits)
  if (known !== undefined) return known
  const text = encodeAccounts(limits)
  accountsTexts.set(limits, text)
  return text
}

const remember = (memory: LedgerMemory, plan: GroupPlan, accounts: readonly BookedAccount[]): void => {
  for (const { id, after } of accounts) memory.keepAccount(id, after)
  for (const attemptId of plan.closed) memory.dropHold(attemptId)
  for (const { request, entries, open } of plan.added) {
    if (!open) continue
    const { attemptId, tenantId, walletNanos, spendNanos, tokens, ttlMs } = request
    const amounts = { walletNanos, spendNanos, tokens }
    memory.keepHold(attemptId, { tenantId, entries, amounts, expiresAt: plan.now + ttlMs })
  }
}
