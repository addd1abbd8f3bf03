import type { GroupJob } from '../group/group-job.ts'
import { type OpenHold, planGroup } from '../group/plan-group.ts'
import type { Reply } from '../group-commit-store.ts'
import type { Claim } from '../ledger/claims.ts'
import { entriesOf } from '../ledger/entries-column.ts'
import { claimsOfStanding } from '../ledger/hold.ts'
import { amountsOf } from '../ledger/settle.ts'
import type { EpochMs, HoldOutcome, HoldRequest } from '../records.ts'
import { numberOf, textOf } from '../sql.ts'
import type { Connection } from './connection.ts'
import { lockWallets, tenantsOf } from './lock-wallets.ts'
import { readAccountBook } from './read-account-book.ts'
import { readStandings } from './read-standings.ts'
import { writeGroup } from './write-group.ts'

const selectHolds = `SELECT attempt_id, tenant_id, entries, adopted, wallet_nanos, spend_nanos, tokens, expires_at
  FROM holds WHERE attempt_id = ANY($1::text[]) AND state = 'open'`

/**
 * Runs a group of holds and settlements inside the transaction of the given connection, as if one after the other: wallets
 * are locked in sorted order, then the clock is read, then everything is decided, then each account is written once.
 *
 * @throws {GroupRefused} or what Postgres refuses, when the group has to be run in smaller ones.
 */
export const commitGroup = async (
  connection: Connection,
  jobs: readonly GroupJob[],
  clock: (() => EpochMs) | undefined,
): Promise<readonly Reply[]> => {
  const requests = jobs.flatMap((job) => (job.name === 'hold' ? [job.request] : []))
  const settled = jobs.flatMap((job) => (job.name === 'settle' ? [job.settlement.attemptId] : []))
  const owners = await tenantsOf(connection, settled)
  await lockWallets(connection, [...owners, ...requests.map(({ tenantId }) => tenantId)])
  const holds = await readHolds(connection, settled)
  const standings = await readStandings(connection, requests, clock)
  const claims = new Map(
    requests.map((request) => [request, claimsOfStanding(standings.of(request), request, standings.now)]),
  )
  const accounts = new Set<string>()
  for (const claimed of claims.values()) {
    if (!('admitted' in claimed)) for (const { account } of claimed) accounts.add(account)
  }
  for (const { entries } of holds.values()) for (const { account } of entries) accounts.add(account)
  const book = await readAccountBook(connection, [...accounts])
  const limitsOf = (request: HoldRequest): readonly Claim[] | HoldOutcome => {
    const claimed = claims.get(request)
    if (claimed === undefined) throw new TypeError('a hold request without claims')
    return claimed
  }
  const plan = planGroup(jobs, { now: standings.now, limitsOf, book, holdOf: (attemptId) => holds.get(attemptId) })
  await writeGroup(connection, plan, book.changed())
  return plan.replies
}

const readHolds = async (
  connection: Connection,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, OpenHold>> => {
  if (attemptIds.length === 0) return new Map()
  const { rows } = await connection.query(selectHolds, [attemptIds])
  return new Map(
    rows.map((row) => [
      textOf(row, 'attempt_id'),
      {
        tenantId: textOf(row, 'tenant_id'),
        entries: entriesOf(row),
        amounts: amountsOf(row),
        expiresAt: numberOf(row, 'expires_at'),
      },
    ]),
  )
}
