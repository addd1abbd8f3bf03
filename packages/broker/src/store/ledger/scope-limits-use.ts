import type { ScopeUse } from '../management-records.ts'
import type { EpochMs } from '../records.ts'
import {
  bigintOf,
  firstRow,
  numberOf,
  type SqlRow,
  type SqlValue,
  type Transaction,
  textOf,
  textOrNull,
} from '../sql.ts'
import { type LimitScope, readAccount, scopeAccounts } from './account.ts'
import { entriesOf } from './entries-column.ts'
import type { Amounts, Entry } from './entry.ts'
import type { LimitMeasure } from './scope-limits.ts'
import { amountsOf } from './settle.ts'
import { millisecondsPerMinute, minuteAt } from './window.ts'

/** Whose calls count: a scope, and the tenant it belongs to. */
export interface OwnedScope extends LimitScope {
  readonly tenantId: string
}

/** What one account of a scope must hold now, found without looking at it. */
export interface ScopeCount {
  readonly account: string
  readonly measure: LimitMeasure
  readonly settled: bigint
  readonly held: bigint
}

/** A call that still runs, with the accounts it counts against. */
export interface OpenCall {
  readonly attemptId: string
  readonly admittedAt: EpochMs
  readonly amounts: Amounts
  readonly entries: readonly Entry[]
  readonly adopted: string | null
}

/**
 * Counts measures of a scope from what is always there: the spend accounts of its keys, the running calls, and the calls of
 * this minute. Costs as much as there are keys and calls of that kind, not as there are calls at all.
 */
export const countScope = async (
  transaction: Transaction,
  scope: OwnedScope,
  { measures, open }: { readonly measures: readonly LimitMeasure[]; readonly open: readonly OpenCall[] },
): Promise<readonly ScopeCount[]> => {
  const counts: ScopeCount[] = []
  if (measures.includes('slot')) {
    const { concurrency: account } = scopeAccounts(scope, transaction.now)
    counts.push({ account, measure: 'slot', settled: 0n, held: BigInt(open.length) })
  }
  if (measures.includes('request') || measures.includes('tokens')) {
    const perMinute = await countMinute(transaction, scope, open)
    counts.push(...perMinute.filter(({ measure }) => measures.includes(measure)))
  }
  if (measures.includes('spend')) counts.push(...(await countSpend(transaction, scope)))
  return counts
}

const countMinute = async (
  transaction: Transaction,
  scope: OwnedScope,
  open: readonly OpenCall[],
): Promise<readonly ScopeCount[]> => {
  const { requestsMinute, tokensMinute } = scopeAccounts(scope, transaction.now)
  const minute = minuteAt(transaction.now).name
  const running = open.filter(({ admittedAt }) => minuteAt(admittedAt).name === minute)
  const tokensHeld = running.reduce((sum, { amounts }) => sum + BigInt(amounts.tokens), 0n)
  const ended = await endedThisMinute(transaction, scope)
  return [
    { account: requestsMinute, measure: 'request', settled: ended.calls, held: BigInt(running.length) },
    { account: tokensMinute, measure: 'tokens', settled: ended.tokens, held: tokensHeld },
  ]
}

const countSpend = async (transaction: Transaction, scope: OwnedScope): Promise<readonly ScopeCount[]> => {
  const accounts = scopeAccounts(scope, transaction.now)
  return [
    { account: accounts.spendDay, measure: 'spend', ...(await spendOf(transaction, scope, 'spendDay')) },
    { account: accounts.spendMonth, measure: 'spend', ...(await spendOf(transaction, scope, 'spendMonth')) },
    { account: accounts.spendTotal, measure: 'spend', ...(await spendOf(transaction, scope, 'spendTotal')) },
  ]
}

/** What counts against the limits of a scope now, read from what is counted for it; its spend always. */
export const scopeUse = async (
  transaction: Transaction,
  scope: OwnedScope,
  counted: readonly LimitMeasure[],
): Promise<ScopeUse> => {
  const accounts = scopeAccounts(scope, transaction.now)
  const used = async (account: string): Promise<bigint> => {
    const { settled, held } = await readAccount(transaction.sql, account)
    return settled + held
  }
  const spent = async (window: SpendWindow): Promise<bigint> => {
    if (counted.includes('spend')) return used(accounts[window])
    const { settled, held } = await spendOf(transaction, scope, window)
    return settled + held
  }
  const countOf = async (measure: LimitMeasure, account: string): Promise<number | null> =>
    counted.includes(measure) ? Number(await used(account)) : null
  return {
    dayNanos: await spent('spendDay'),
    monthNanos: await spent('spendMonth'),
    totalNanos: await spent('spendTotal'),
    requestsMinute: await countOf('request', accounts.requestsMinute),
    tokensMinute: await countOf('tokens', accounts.tokensMinute),
    running: await countOf('slot', accounts.concurrency),
  }
}

/** Every running call of a scope, the soonest to expire first. */
export const openCallsOf = async ({ sql }: Transaction, scope: OwnedScope): Promise<readonly OpenCall[]> =>
  // Open holds of all tenants are few, and have an index of their own.
  (await sql.all(openHolds)).filter((row) => isOf(scope, row)).map(readOpenCall)

const openHolds = `SELECT h.attempt_id, h.tenant_id, h.key_id, k.app_id, h.admitted_at, h.entries, h.adopted,
    h.wallet_nanos, h.spend_nanos, h.tokens
  FROM holds h JOIN keys k ON k.id = h.key_id WHERE h.state = 'open' ORDER BY h.expires_at`

const isOf = ({ kind, id, tenantId }: OwnedScope, row: SqlRow): boolean => {
  if (textOf(row, 'tenant_id') !== tenantId) return false
  return kind === 'tenant' || textOrNull(row, kind === 'app' ? 'app_id' : 'key_id') === id
}

const readOpenCall = (row: SqlRow): OpenCall => ({
  attemptId: textOf(row, 'attempt_id'),
  admittedAt: numberOf(row, 'admitted_at'),
  amounts: amountsOf(row),
  entries: entriesOf(row),
  adopted: textOrNull(row, 'adopted'),
})

const memberConditions = { key: 'AND k.id = $2', app: 'AND k.app_id = $2', tenant: '' } as const

const memberParams = ({ kind, id, tenantId }: OwnedScope): readonly SqlValue[] =>
  kind === 'tenant' ? [tenantId] : [tenantId, id]

const endedThisMinute = async (
  { sql, now }: Transaction,
  scope: OwnedScope,
): Promise<{ readonly calls: bigint; readonly tokens: bigint }> => {
  const params = memberParams(scope)
  const row = await firstRow(
    sql,
    `SELECT COUNT(*) AS calls, CAST(COALESCE(SUM(t.tokens + COALESCE(c.tokens, 0)), 0) AS BIGINT) AS tokens
     FROM holds h JOIN keys k ON k.id = h.key_id
     JOIN ledger_rows t ON t.attempt_id = h.attempt_id AND t.kind = 'terminal'
     LEFT JOIN ledger_rows c ON c.attempt_id = h.attempt_id AND c.kind = 'correction'
     WHERE h.tenant_id = $1 ${memberConditions[scope.kind]} AND h.admitted_at >= $${params.length + 1}`,
    [...params, minuteAt(now).endsAt - millisecondsPerMinute],
  )
  return row === undefined
    ? { calls: 0n, tokens: 0n }
    : { calls: bigintOf(row, 'calls'), tokens: bigintOf(row, 'tokens') }
}

type SpendWindow = 'spendDay' | 'spendMonth' | 'spendTotal'

const spendOf = async (
  { sql, now }: Transaction,
  scope: OwnedScope,
  window: SpendWindow,
): Promise<{ readonly settled: bigint; readonly held: bigint }> => {
  if (scope.kind === 'key') return readAccount(sql, scopeAccounts(scope, now)[window])
  // Every key counts what it spends, so a wider scope is the sum of its keys.
  const suffix = scopeAccounts({ kind: 'key', id: '' }, now)[window].slice('key:'.length)
  const params = memberParams(scope)
  const row = await firstRow(
    sql,
    `SELECT CAST(COALESCE(SUM(x.settled), 0) AS BIGINT) AS settled, CAST(COALESCE(SUM(x.held), 0) AS BIGINT) AS held
     FROM keys k JOIN accounts x ON x.id = 'key:' || k.id || $${params.length + 1}
     WHERE k.tenant_id = $1 ${memberConditions[scope.kind]}`,
    [...params, suffix],
  )
  return row === undefined
    ? { settled: 0n, held: 0n }
    : { settled: bigintOf(row, 'settled'), held: bigintOf(row, 'held') }
}
