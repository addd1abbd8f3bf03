import { commands } from '../commands.ts'
import type { GroupJob } from '../group/group-job.ts'
import { GroupRefused } from '../group/plan-group.ts'
import type { Reply } from '../group-commit-store.ts'
import { settle } from '../ledger/settle.ts'
import type { Order } from '../management-records.ts'
import type { EpochMs, Settlement } from '../records.ts'
import { firstRow, numberOf, type Transaction } from '../sql.ts'
import type { Store } from '../store.ts'
import { storeErrorData } from '../store-error.ts'
import { joinLedger, waitForLedger } from './advisory-locks.ts'
import { commitGroup } from './commit-group.ts'
import type { Connection, Connections } from './connection.ts'
import { createLane } from './lane.ts'
import { isGroupJob, type LedgerJob, type SingleName } from './ledger-job.ts'
import { lockWallets, tenantsOf } from './lock-wallets.ts'
import { isRefused } from './postgres-error.ts'
import { createPostgresSql } from './postgres-sql.ts'
import { readClock } from './store-clock.ts'
import { transact } from './transact.ts'

/** The methods of a store that write to the ledger. */
export type LedgerWrites = Pick<Store, 'hold' | 'settle' | SingleName>

/** Everything that writes money, through one lane. */
export interface PostgresLedger extends LedgerWrites {
  /** Settles an orphan if it expired before the instant by the store's clock too. */
  settleExpired(settlement: Settlement, expiredBefore: EpochMs | undefined): Promise<boolean>
  close(): Promise<void>
}

/** Options of {@link createPostgresLedger}. */
export interface PostgresLedgerOptions {
  /** One is enough: groups follow one another. */
  readonly connections: Connections
  /** Default: the database's clock, read after the locks. */
  readonly clock: (() => EpochMs) | undefined
  readonly patienceMs: number
}

/**
 * Writes to the ledger in groups: of all that waits, holds and settlements in a row are one transaction. A group that
 * Postgres refuses is halved until the job at fault stands alone.
 */
export const createPostgresLedger = ({ connections, clock, patienceMs }: PostgresLedgerOptions): PostgresLedger => {
  const inTransaction = <T>(begin: string, work: (connection: Connection) => Promise<T>): Promise<T> =>
    transact({ connections, begin: `BEGIN; ${begin}`, patienceMs }, work)

  const runGroup = async (jobs: readonly GroupJob[]): Promise<readonly Reply[]> => {
    try {
      const replies = await inTransaction(joinLedger, (connection) => commitOrRefuse(connection, jobs, clock))
      return await confirmReleases(jobs, replies)
    } catch (error) {
      if (!(error instanceof GroupRefused)) return jobs.map(() => failed(error))
      const [first] = jobs
      if (first !== undefined && jobs.length === 1) return [await runSingle(first, joinLedger)]
      const half = Math.ceil(jobs.length / 2)
      return [...(await runGroup(jobs.slice(0, half))), ...(await runGroup(jobs.slice(half)))]
    }
  }
  const runSingle = async (job: LedgerJob, begin: string): Promise<Reply> => {
    try {
      return { ok: true, value: await inTransaction(begin, (connection) => runJob(connection, job, clock)) }
    } catch (error) {
      return failed(error)
    }
  }
  /** A release that found nothing waits for whoever may still be adding the hold, and looks again. */
  const confirmReleases = async (jobs: readonly GroupJob[], replies: readonly Reply[]): Promise<readonly Reply[]> => {
    const confirmed = [...replies]
    for (const [index, job] of jobs.entries()) {
      const reply = replies[index]
      const released = job.name === 'settle' && job.settlement.state === 'released'
      if (released && reply?.ok && reply.value === false) confirmed[index] = await runSingle(job, waitForLedger)
    }
    return confirmed
  }
  const lane = createLane<LedgerJob>({
    joins: isGroupJob,
    patienceMs,
    run: async (jobs) => {
      const [first] = jobs
      if (first === undefined) return []
      return isGroupJob(first) ? runGroup(jobs.filter(isGroupJob)) : [await runSingle(first, joinLedger)]
    },
  })
  const ask = <T>(job: LedgerJob): Promise<T> => lane.ask(job) as Promise<T>
  return {
    hold: (request) => ask({ name: 'hold', request }),
    settle: (settlement) => ask({ name: 'settle', settlement }),
    settleExpired: (settlement, expiredBefore) =>
      ask({ name: 'settle', settlement, ...(expiredBefore !== undefined && { expiredBefore }) }),
    correct: (...parameters) => ask({ name: 'correct', parameters }),
    topUp: (...parameters) => ask({ name: 'topUp', parameters }),
    refund: (...parameters) => ask({ name: 'refund', parameters }),
    setLimits: (...parameters) => ask({ name: 'setLimits', parameters }),
    updateKey: (...parameters) => ask({ name: 'updateKey', parameters }),
    carryOut: (...parameters) => ask({ name: 'carryOut', parameters }),
    renewHolds: (...parameters) => ask({ name: 'renewHolds', parameters }),
    pruneWindows: (...parameters) => ask({ name: 'pruneWindows', parameters }),
    close: () => lane.close(),
  }
}

const failed = (error: unknown): Reply => ({ ok: false, error: storeErrorData(error) })

const commitOrRefuse = async (
  connection: Connection,
  jobs: readonly GroupJob[],
  clock: (() => EpochMs) | undefined,
): Promise<readonly Reply[]> => {
  try {
    return await commitGroup(connection, jobs, clock)
  } catch (error) {
    if (isRefused(error)) throw new GroupRefused('Postgres refuses the group', { cause: error })
    throw error
  }
}

/** Runs one job by the command that every store shares, once its tenant's wallet is locked. */
const runJob = async (connection: Connection, job: LedgerJob, clock: (() => EpochMs) | undefined): Promise<unknown> => {
  await lockWallets(connection, await ownersOf(connection, job))
  const transaction: Transaction = { sql: createPostgresSql(connection), now: await readClock(connection, clock) }
  switch (job.name) {
    case 'hold':
      return commands.hold(transaction, job.request)
    case 'settle':
      return settleIfExpired(transaction, job)
    case 'correct':
      return commands.correct(transaction, ...job.parameters)
    case 'topUp':
      return commands.topUp(transaction, ...job.parameters)
    case 'refund':
      return commands.refund(transaction, ...job.parameters)
    case 'setLimits':
      return commands.setLimits(transaction, ...job.parameters)
    case 'updateKey':
      return commands.updateKey(transaction, ...job.parameters)
    case 'carryOut':
      return commands.carryOut(transaction, ...job.parameters)
    case 'renewHolds':
      return commands.renewHolds(transaction, ...job.parameters)
    case 'pruneWindows':
      return commands.pruneWindows(transaction, ...job.parameters)
  }
}

const ownersOf = async (connection: Connection, job: LedgerJob): Promise<readonly string[]> => {
  switch (job.name) {
    case 'hold':
      return [job.request.tenantId]
    case 'topUp':
      return [job.parameters[0].tenantId]
    case 'settle':
      return tenantsOf(connection, [job.settlement.attemptId])
    case 'correct':
    case 'refund':
      return tenantsOf(connection, [job.parameters[0].attemptId])
    case 'setLimits':
      return [job.parameters[0].tenantId]
    case 'updateKey':
      return job.parameters[0].tenantId === null ? [] : [job.parameters[0].tenantId]
    case 'carryOut':
      return ownersOfOrder(connection, job.parameters[0])
    case 'renewHolds':
      return tenantsOf(connection, job.parameters[0])
    case 'pruneWindows':
      return []
  }
}

const ownersOfOrder = async (connection: Connection, { effects }: Order): Promise<readonly string[]> => {
  const toppedUp = effects.flatMap((effect) => (effect.name === 'topUp' ? [effect.parameter.tenantId] : []))
  const refunded = effects.flatMap((effect) => (effect.name === 'refund' ? [effect.parameter.attemptId] : []))
  return [...toppedUp, ...(await tenantsOf(connection, refunded))]
}

const settleIfExpired = async (
  transaction: Transaction,
  { settlement, expiredBefore }: Extract<GroupJob, { name: 'settle' }>,
): Promise<boolean> => {
  if (expiredBefore !== undefined) {
    const text = 'SELECT expires_at FROM holds WHERE attempt_id = $1'
    const hold = await firstRow(transaction.sql, text, [settlement.attemptId])
    if (hold === undefined || numberOf(hold, 'expires_at') >= Math.min(expiredBefore, transaction.now)) return false
  }
  return settle(transaction, settlement)
}
