import { type Nanos, nanosFromUsd } from '@vendo/contract'
import type { SharedLimits } from '@vendo/contract/api'
import type { EpochMs, HoldOutcome, HoldRequest } from '../records.ts'
import { defaultRateAccount, noLimit, scopeAccounts, walletAccount } from './account.ts'
import { type Entry, heldAmount } from './entry.ts'
import { hasSpendCap, type LimitHolder, type LimitMeasure } from './scope-limits.ts'
import { dayAt, minuteAt, monthAt, type Window } from './window.ts'

type Refusal = Extract<HoldOutcome, { admitted: false }>

/** One limit that holds have to pass, whatever they ask for, and how its refusal reads. */
export interface ClaimedLimit extends Omit<Entry, 'amount'> {
  readonly limit: bigint
  readonly code: Refusal['code']
  readonly scope: Refusal['scope']
  /** When trying again can help; null for limits without a window. */
  readonly endsAt: EpochMs | null
  /** The amounts are not for the caller: a narrower scope has a spend cap. */
  readonly withheld: boolean
}

/** What one hold claims of a limit. */
export interface Claim extends ClaimedLimit, Entry {}

/** What decides which limits a hold has to pass. */
export type Claimant = Pick<HoldRequest, 'tenantId' | 'defaultRequestsPerMinute'>

/**
 * Every account that a hold touches, narrowest scope first and the wallet last, so that the refusal names the narrowest.
 * The three spend accounts of a key exist with or without a cap: that is how much the key has spent. What an app and a
 * tenant spend is counted from their first limit on. The same for all holds of one claimant in one minute.
 *
 * @param holders whose limits apply, the narrowest first.
 */
export const claimedLimitsOf = (
  claimant: Claimant,
  holders: readonly LimitHolder[],
  now: EpochMs,
): readonly ClaimedLimit[] => {
  let capped = false
  const claimed: ClaimedLimit[] = []
  for (const holder of holders) {
    claimed.push(...limitsOfHolder(claimant, holder, { now, withheld: capped }))
    capped ||= hasSpendCap(holder.limits)
  }
  const wallet: ClaimedLimit = {
    account: walletAccount(claimant.tenantId),
    measure: 'wallet',
    code: 'balance_exhausted',
    limit: 0n,
    scope: 'tenant',
    endsAt: null,
    withheld: capped,
  }
  return [...claimed, wallet]
}

/** The same limits, with what a request asks of each. */
export const claimsOf = (request: HoldRequest, limits: readonly ClaimedLimit[]): readonly Claim[] =>
  limits.map((limit) => ({
    account: limit.account,
    measure: limit.measure,
    limit: limit.limit,
    code: limit.code,
    scope: limit.scope,
    endsAt: limit.endsAt,
    withheld: limit.withheld,
    amount: heldAmount(limit.measure, request),
  }))

const limitsOfHolder = (
  claimant: Claimant,
  holder: LimitHolder,
  { now, withheld }: { readonly now: EpochMs; readonly withheld: boolean },
): readonly ClaimedLimit[] =>
  limitsOf(claimant, holder, now).map(({ measure, account, code, limit, window }) => ({
    account,
    measure,
    code,
    limit,
    scope: holder.scope.kind,
    endsAt: window?.endsAt ?? null,
    withheld,
  }))

interface Limit extends Pick<ClaimedLimit, 'account' | 'code' | 'limit'> {
  readonly measure: LimitMeasure
  readonly window?: Window
}

/** The limits of one holder, the cheapest to wait for first. */
const limitsOf = (claimant: Claimant, { scope, limits, counted }: LimitHolder, now: EpochMs): readonly Limit[] => {
  const accounts = scopeAccounts(scope, now)
  const { concurrency, requests_per_minute: requests, tokens_per_minute: tokens } = limits
  const minute = minuteAt(now)
  const slots: Limit = {
    measure: 'slot',
    account: accounts.concurrency,
    code: 'concurrency_limited',
    limit: most(concurrency),
  }
  const perMinute = (measure: 'request' | 'tokens', account: string, limit: number | undefined): Limit => ({
    measure,
    account,
    code: 'rate_limited',
    limit: most(limit),
    window: minute,
  })
  const byDefault = scope.kind === 'key' && requests === undefined ? claimant.defaultRequestsPerMinute : null
  const all: readonly Limit[] = [
    slots,
    perMinute('request', accounts.requestsMinute, requests),
    perMinute('tokens', accounts.tokensMinute, tokens),
    ...spendLimits(accounts, limits, now),
  ]
  return [
    ...(byDefault === null ? [] : [perMinute('request', defaultRateAccount(scope.id, now), byDefault)]),
    ...all.filter(({ measure }) => counted.includes(measure)),
  ]
}

const spendLimits = (
  accounts: ReturnType<typeof scopeAccounts>,
  { spend_day_usd: day, spend_month_usd: month, spend_total_usd: total }: SharedLimits,
  now: EpochMs,
): readonly Limit[] => [
  { measure: 'spend', account: accounts.spendDay, code: 'spend_cap_daily', limit: capOf(day), window: dayAt(now) },
  {
    measure: 'spend',
    account: accounts.spendMonth,
    code: 'spend_cap_monthly',
    limit: capOf(month),
    window: monthAt(now),
  },
  { measure: 'spend', account: accounts.spendTotal, code: 'spend_cap_total', limit: capOf(total) },
]

const most = (limit: number | undefined): bigint => (limit === undefined ? noLimit : BigInt(limit))

/** A cap in nano-USD; an absent one, or one beyond any money, is no limit. */
const capOf = (usd: string | undefined): Nanos => {
  if (usd === undefined) return noLimit
  const nanos = nanosFromUsd(usd)
  return nanos > noLimit ? noLimit : nanos
}
