import type { Nanos } from '@vendo/contract'
import type { EpochMs } from '../records.ts'
import { bigintOf, firstRow, type Sql, type Transaction } from '../sql.ts'
import { dayAt, millisecondsPerDay, minuteAt, minuteEnd, monthAt } from './window.ts'

/** One running sum: of a wallet, or of one limit of one key, app or tenant in one window. */
export interface Account {
  /** Σ top-ups; 0 for limits. */
  readonly credit: bigint
  readonly settled: bigint
  readonly held: bigint
}

/** The account of a tenant's money. */
export const walletAccount = (tenantId: string): string => `tenant:${tenantId}:balance`

/** Whose limits an account is for. */
export interface LimitScope {
  readonly kind: 'key' | 'app' | 'tenant'
  readonly id: string
}

/** The accounts of a scope's limits at one instant. A new window is a new account, so nothing ever has to be reset. */
export const scopeAccounts = ({ kind, id }: LimitScope, now: EpochMs) => ({
  concurrency: `${kind}:${id}:concurrency`,
  requestsMinute: `${kind}:${id}:requests_minute:${minuteAt(now).name}`,
  tokensMinute: `${kind}:${id}:tokens_minute:${minuteAt(now).name}`,
  spendDay: `${kind}:${id}:spend_day:${dayAt(now).name}`,
  spendMonth: `${kind}:${id}:spend_month:${monthAt(now).name}`,
  spendTotal: `${kind}:${id}:spend_total`,
})

/** Counts the requests of a key that sets no rate of its own, where they have a default one. */
export const defaultRateAccount = (keyId: string, now: EpochMs): string =>
  `key:${keyId}:free_requests_minute:${minuteAt(now).name}`

/** When the minute of a per-minute account ended; null for every other account, which is kept for good. */
export const windowEndOf = (account: string): EpochMs | null => {
  const minute = /^(?:key|app|tenant):.*:(?:(?:free_)?requests|tokens)_minute:(\d+)$/.exec(account)?.[1]
  return minute === undefined ? null : minuteEnd(Number(minute))
}

/** Whether an account may be missing although calls counted against it: its minute ended a day ago or earlier. */
export const isForgotten = (account: string, now: EpochMs): boolean => {
  const endsAt = windowEndOf(account)
  return endsAt !== null && endsAt + millisecondsPerDay <= now
}

/** More than any limit can be: what an account without a limit is guarded with. */
export const noLimit: Nanos = 4_000_000_000_000_000_000n

/** Reads an account; one that was never touched is empty. */
export const readAccount = async (sql: Sql, id: string): Promise<Account> => {
  const row = await firstRow(sql, 'SELECT credit, settled, held FROM accounts WHERE id = $1', [id])
  return row === undefined
    ? { credit: 0n, settled: 0n, held: 0n }
    : { credit: bigintOf(row, 'credit'), settled: bigintOf(row, 'settled'), held: bigintOf(row, 'held') }
}

/**
 * Sets an amount aside if settled + held stays within the limit, credit included. One guarded statement: of any number of
 * concurrent claims, exactly those that fit are granted.
 */
export const claim = async (
  sql: Sql,
  { account, tenantId, amount, limit }: { account: string; tenantId: string; amount: bigint; limit: bigint },
): Promise<boolean> => {
  if (account === walletAccount(tenantId)) {
    // A wallet exists from the start, and its credit decides rather than a limit.
    const text = 'UPDATE accounts SET held = held + $2 WHERE id = $1 AND settled + held + $2 <= credit'
    return (await sql.run(text, [account, amount])) === 1
  }
  if (amount > limit) return false
  const text = `INSERT INTO accounts (id, tenant_id, credit, settled, held, window_ends_at) VALUES ($1, $2, 0, 0, $3, $5)
    ON CONFLICT (id) DO UPDATE SET held = accounts.held + excluded.held
    WHERE accounts.settled + accounts.held + excluded.held <= $4`
  return (await sql.run(text, [account, tenantId, amount, limit, windowEndOf(account)])) === 1
}

/** Gives back what {@link claim} set aside. */
export const unclaim = async (sql: Sql, account: string, amount: bigint): Promise<void> => {
  await sql.run('UPDATE accounts SET held = held - $2 WHERE id = $1', [account, amount])
}

/** Turns `held` into `settled`, whatever the two amounts are; nothing guards it, because the call has happened. */
export const move = async (
  { sql, now }: Transaction,
  { account, tenantId, held, settled }: { account: string; tenantId: string; held: bigint; settled: bigint },
): Promise<void> => {
  if (held === 0n && settled === 0n) return
  const update = 'UPDATE accounts SET held = held - $2, settled = settled + $3 WHERE id = $1'
  if ((await sql.run(update, [account, held, settled])) === 1) return
  if (isForgotten(account, now)) return
  // Nothing was held there, so nobody had to make the account.
  const insert = `INSERT INTO accounts (id, tenant_id, credit, settled, held, window_ends_at)
    VALUES ($1, $2, 0, $3, 0, $4)`
  await sql.run(insert, [account, tenantId, settled, windowEndOf(account)])
}
