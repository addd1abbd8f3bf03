import { type Nanos, nanosFromUsd } from '@vendo/contract'
import type { KeyLimits } from '@vendo/contract/api'
import type { EpochMs, HoldOutcome, HoldRequest } from '../records.ts'
import { keyAccounts, noLimit, walletAccount } from './account.ts'
import { type Entry, heldAmount, type Measure } from './entry.ts'
import { dayAt, minuteAt, monthAt, type Window } from './window.ts'

type Refusal = Extract<HoldOutcome, { admitted: false }>

/** One limit that a hold has to pass, and how its refusal reads. */
export interface Claim extends Entry {
  readonly limit: bigint
  readonly code: Refusal['code']
  readonly scope: Refusal['scope']
  /** When trying again can help; null for limits without a window. */
  readonly endsAt: EpochMs | null
}

/**
 * Every account that a hold touches, narrowest scope first and the wallet last, so that the refusal names the narrowest.
 * The three spend accounts of a key exist with or without a cap: that is how much the key has spent.
 */
export const claimsOf = (request: HoldRequest, limits: KeyLimits, now: EpochMs): readonly Claim[] => {
  const accounts = keyAccounts(request.keyId, now)
  const of = (account: string, measure: Measure): Entry => ({ account, measure, amount: heldAmount(measure, request) })
  const key = (entry: Entry, code: Refusal['code'], limit: bigint, window?: Window): Claim => ({
    ...entry,
    code,
    limit,
    scope: 'key',
    endsAt: window?.endsAt ?? null,
  })
  const requestsPerMinute = limits.requests_per_minute ?? request.defaultRequestsPerMinute
  const { concurrency, tokens_per_minute: tokensPerMinute } = limits
  const minute = minuteAt(now)
  return [
    ...(concurrency === undefined
      ? []
      : [key(of(accounts.concurrency, 'slot'), 'concurrency_limited', BigInt(concurrency))]),
    ...(requestsPerMinute === null
      ? []
      : [key(of(accounts.requestsMinute, 'request'), 'rate_limited', BigInt(requestsPerMinute), minute)]),
    ...(tokensPerMinute === undefined
      ? []
      : [key(of(accounts.tokensMinute, 'tokens'), 'rate_limited', BigInt(tokensPerMinute), minute)]),
    key(of(accounts.spendDay, 'spend'), 'spend_cap_daily', capOf(limits.spend_day_usd), dayAt(now)),
    key(of(accounts.spendMonth, 'spend'), 'spend_cap_monthly', capOf(limits.spend_month_usd), monthAt(now)),
    key(of(accounts.spendTotal, 'spend'), 'spend_cap_total', capOf(limits.spend_total_usd)),
    {
      ...of(walletAccount(request.tenantId), 'wallet'),
      code: 'balance_exhausted',
      limit: 0n,
      scope: 'tenant',
      endsAt: null,
    },
  ]
}

/** A cap in nano-USD; an absent one, or one beyond any money, is no limit. */
export const capOf = (usd: string | undefined): Nanos => {
  if (usd === undefined) return noLimit
  const nanos = nanosFromUsd(usd)
  if (nanos > noLimit) return noLimit
  return nanos
}
