import type { Nanos } from '@vendo/contract'
import type { KeyLimits, SharedLimits } from '@vendo/contract/api'
import type {
  AppRecord,
  BindingRecord,
  ConnectionRecord,
  EpochMs,
  KeyRecord,
  KeySpend,
  MarginRecord,
  RateOverride,
  TenantRecord,
  TopUp,
} from './records.ts'

/** A new version of the limits that all keys of an app or a tenant share. */
export interface LimitsChange {
  readonly scope: { readonly kind: 'app' | 'tenant'; readonly id: string }
  /** The owner of the app, or the tenant itself. */
  readonly tenantId: string
  /** Replaces all limits of the scope. */
  readonly limits: SharedLimits
  /** The management key that asks for it, if one does. */
  readonly authorKeyId: string | null
}

/** A new version of a key; what is absent stays. */
export interface KeyChange {
  readonly id: string
  readonly tenantId: string | null
  readonly name?: string
  /** Replaces all limits of the key. */
  readonly limits?: KeyLimits
  readonly expiresAt?: EpochMs | null
  readonly authorKeyId: string | null
}

/** The limits of an app or a tenant as they are now. */
export interface ScopeLimits {
  readonly limits: SharedLimits
  /** Null as long as nobody set any. */
  readonly changedAt: EpochMs | null
  readonly authorKeyId: string | null
  readonly use: ScopeUse
}

/**
 * What counts against limits now: settled calls and what running calls hold, by the window of their admission. Null for what
 * was never limited, which nobody counts.
 */
export interface ScopeUse extends KeySpend {
  readonly requestsMinute: number | null
  readonly tokensMinute: number | null
  readonly running: number | null
}

/** Gives back what an estimate charged: the attempt's one correction. */
export interface Refund {
  readonly attemptId: string
  /** Null gives back everything. */
  readonly amountNanos: Nanos | null
  readonly reason: string
  /** The management key that asks for it. */
  readonly authorKeyId: string
}

/** Writes that an {@link Order} can consist of, by the store method that each is, with what it takes. */
interface EffectParameters {
  readonly createTenant: TenantRecord
  readonly createApp: AppRecord
  readonly createConnection: ConnectionRecord
  readonly createBinding: BindingRecord
  readonly createKey: KeyRecord
  readonly addRateOverrides: readonly RateOverride[]
  readonly addMargins: readonly MarginRecord[]
  readonly topUp: TopUp
  readonly refund: Refund
}

/** The name of a write of an {@link Order}. */
export type EffectName = keyof EffectParameters

/** One write of an {@link Order}, as data. */
export type Effect<Name extends EffectName = EffectName> = {
  readonly [N in Name]: { readonly name: N; readonly parameter: EffectParameters[N] }
}[Name]

/** What was answered to the first request with an idempotency key. */
export interface KeptAnswer {
  /** Of the request; another one with the same key is a conflict. */
  readonly fingerprint: string
  readonly status: number
  readonly body: string
}

/** An idempotency key with the answer to keep for it. */
export interface AnswerClaim extends KeptAnswer {
  /** Whose key it is: each owner has a namespace. */
  readonly owner: string
  readonly idempotencyKey: string
}

/** Writes that belong together, with the answer to whoever asked for them. */
export interface Order {
  /** Null when the request has no idempotency key. */
  readonly claim: AnswerClaim | null
  readonly effects: readonly Effect[]
}

/** Whether an {@link Order} was carried out, or one with the same idempotency key had been before. */
export type OrderOutcome = { readonly done: true } | { readonly done: false; readonly earlier: KeptAnswer }
