import type { Meter, Nanos, Profile, Quantities } from '@vendo/contract'
import type { KeyLimits } from '@vendo/contract/api'

/** Milliseconds since the epoch, by the store's clock. */
export type EpochMs = number

/** Whoever pays: the owner of everything below. */
export interface TenantRecord {
  readonly id: string
  readonly name: string
  readonly createdAt: EpochMs
  /** Its own keys see list prices and margins, and not its prices alone. Default false. */
  readonly transparent?: boolean
}

/** One deployment, which keys and bindings are for. */
export interface AppRecord {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly createdAt: EpochMs
}

/** A secret as the vault seals it: opaque to the store. */
export interface SealedSecret {
  /** Version of the envelope, id of the key-encryption key, wrapped data key, nonces, tags and ciphertext, in one base64url text. */
  readonly envelope: string
}

/** One tenant's credential for one integration. */
export interface ConnectionRecord {
  readonly id: string
  readonly tenantId: string
  readonly integration: string
  readonly profile: Profile
  readonly name: string
  readonly status: 'connected' | 'needs_reauth' | 'revoked'
  readonly metadata: Readonly<Record<string, unknown>>
  readonly sealed: SealedSecret
  readonly createdAt: EpochMs
}

/** Lets an app use a connection of its own tenant. */
export interface BindingRecord {
  readonly appId: string
  readonly connectionId: string
  readonly tenantId: string
  readonly createdAt: EpochMs
}

/** A Vendo key: who may present it, for what, and up to which limits. */
export interface KeyRecord {
  readonly id: string
  /** Null for operator keys, which administer every tenant. */
  readonly tenantId: string | null
  readonly kind: 'inference' | 'management'
  readonly scope: 'app' | 'connection' | 'tenant' | 'operator'
  readonly name: string
  /** SHA-256 of the key, hex. The key itself is stored nowhere. */
  readonly hash: string
  readonly display: string
  readonly appId: string | null
  readonly connectionId: string | null
  readonly limits: KeyLimits
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs | null
  readonly revokedAt: EpochMs | null
}

/** Which calls, and which of their meters, something applies to; every absent field widens it. */
export interface MarginScope {
  readonly tenantId?: string
  readonly integration?: string
  /** As the catalog names it, or an alias; only beside an integration. */
  readonly model?: string
  readonly meter?: Meter
}

/** What is added to list price within exactly this scope, from an instant on; the last that applies wins. Append-only. */
export interface MarginRecord extends MarginScope {
  /** Decimal fraction, such as "0.2"; at least -1. Null ends what held for the scope before. */
  readonly margin: string | null
  readonly effectiveFrom: EpochMs
  readonly createdAt: EpochMs
  /** The management key that asked for it, if one did. */
  readonly authorKeyId: string | null
  readonly note: string
}

/** An operator's own rate for one model; the newest per (integration, model) wins from `effectiveFrom` on. Append-only. */
export interface RateOverride {
  readonly integration: string
  readonly model: string
  readonly contextWindow: number
  readonly maxOutput: number
  readonly usd: Readonly<Partial<Record<Meter, string>>>
  readonly source: string
  readonly effectiveFrom: EpochMs
}

/** What one attempt asks the ledger to set aside before it may be dispatched. */
export interface HoldRequest {
  /** Made by the broker; names the attempt, its hold and its rows. */
  readonly attemptId: string
  readonly requestId: string
  readonly tenantId: string
  readonly keyId: string
  readonly appId: string | null
  readonly connectionId: string
  readonly integration: string
  readonly route: string
  readonly model: string | null
  readonly streamed: boolean
  /** Set aside from the wallet; 0 for bring-your-own-key calls and free routes. */
  readonly walletNanos: Nanos
  /** Set aside from every spend cap; the list price for bring-your-own-key calls. */
  readonly spendNanos: Nanos
  /**
   * Sets aside everything that the narrowest spend cap has left, where that is more than `spendNanos`: for a call whose cost
   * has no bound. What is above `spendNanos` is its reserve. Without a spend cap there is none.
   */
  readonly reservesRest?: true
  /** Set aside from tokens per minute. */
  readonly tokens: number
  /** The limit of requests per minute for this attempt when the key sets none (free routes: 60). */
  readonly defaultRequestsPerMinute: number | null
  /** How long the attempt can last at most; the hold expires after it. */
  readonly ttlMs: number
}

/** The answer to a {@link HoldRequest}. */
export type HoldOutcome =
  | {
      readonly admitted: true
      readonly admittedAt: EpochMs
      /** What {@link HoldRequest.reservesRest} added to `spendNanos`; absent when nothing was. */
      readonly reservedNanos?: Nanos
    }
  | {
      readonly admitted: false
      readonly code:
        | 'app_unknown'
        | 'app_revoked'
        | 'app_expired'
        | 'connection_revoked'
        | 'connection_needs_reauth'
        | 'balance_exhausted'
        | 'spend_cap_daily'
        | 'spend_cap_monthly'
        | 'spend_cap_total'
        | 'rate_limited'
        | 'concurrency_limited'
      /** The narrowest scope that fails; the wallet comes last. */
      readonly scope: 'key' | 'app' | 'tenant'
      /** What was asked for and what is left, in the unit of the limit (nano-USD, requests, tokens). */
      readonly required: bigint
      readonly available: bigint
      /** The amounts are those of a wider scope, and not for a caller that has a spend cap of its own. */
      readonly withheld?: true
      /** Only running calls stand in the way: the limit itself has room for this one. Never set for limits of calls and tokens. */
      readonly heldByOpenCalls?: true
      /** Seconds until the window ends, for limits with a window. */
      readonly retryAfterSeconds?: number
    }

/** One line of a bill: `quantity` of one meter at one rate. */
export interface ChargeLine {
  readonly meter: Meter
  readonly quantity: number
  /** As the rate table writes it: USD per million tokens, per use, or per second of sound. */
  readonly rateUsd: string
  readonly margin: string
  readonly listNanos: Nanos
  readonly chargeNanos: Nanos
}

/** The end of an attempt, applied exactly once. */
export interface Settlement {
  readonly attemptId: string
  readonly state: 'actual' | 'estimated' | 'released'
  /** Why it is not `actual`. */
  readonly reason: string | null
  /** Findings for the operator, such as `split_mismatch`. */
  readonly flags: readonly string[]
  /** What the wallet pays: 0 for bring-your-own-key calls without a fee. */
  readonly walletNanos: Nanos
  /** What counts against spend caps. */
  readonly spendNanos: Nanos
  readonly listNanos: Nanos
  readonly cacheSavingsNanos: Nanos
  readonly lines: readonly ChargeLine[]
  readonly quantities: Quantities
  /** What counts against tokens per minute. */
  readonly tokens: number
  readonly reasoningTokens: number | null
  readonly servedModel: string | null
  readonly responseId: string | null
  readonly upstreamStatus: number | null
  readonly ttfbMs: number | null
  readonly durationMs: number | null
}

/** An attempt as the ledger shows it: the hold, and the terminal row once there is one. */
export interface CallRecord extends Omit<Settlement, 'state'> {
  readonly requestId: string
  readonly tenantId: string
  readonly keyId: string
  readonly appId: string | null
  readonly connectionId: string
  readonly integration: string
  readonly route: string
  readonly model: string | null
  readonly streamed: boolean
  readonly state: 'open' | 'actual' | 'estimated' | 'released'
  readonly holdNanos: Nanos
  readonly admittedAt: EpochMs
  readonly settledAt: EpochMs | null
}

/** Which calls to list; all conditions hold together. */
export interface CallQuery {
  readonly tenantId: string
  readonly keyId?: string
  readonly appId?: string
  readonly since?: EpochMs
  /** The id of the last call of the page before. */
  readonly after?: string
  readonly limit: number
}

/** Which settled calls to add up, and by what. `since` looks at their admission. */
export interface UsageQuery {
  readonly tenantId: string
  readonly keyId?: string
  readonly appId?: string
  readonly since?: EpochMs
  readonly groupBy: 'model' | 'integration' | 'key' | 'app' | 'day'
}

/** The settled calls of one group, corrections included. `chargeNanos` is what the wallet paid. */
export interface UsageGroup {
  readonly group: string
  readonly calls: number
  readonly quantities: Quantities
  readonly listNanos: Nanos
  readonly chargeNanos: Nanos
  readonly cacheSavingsNanos: Nanos
}

/** Credit for a wallet. */
export interface TopUp {
  readonly id: string
  readonly tenantId: string
  readonly amountNanos: Nanos
  readonly note: string
  /** The same key with the same amount adds the money once; with another amount it is an `idempotency_conflict`. */
  readonly idempotencyKey: string | null
}

/** A tenant's wallet. */
export interface Balance {
  readonly creditNanos: Nanos
  readonly settledNanos: Nanos
  readonly heldNanos: Nanos
  /** credit − settled − held; may be negative after a flagged overshoot. */
  readonly availableNanos: Nanos
}

/** What counts against a key's caps now: settled calls and open holds, by the window of their admission. */
export interface KeySpend {
  readonly dayNanos: Nanos
  readonly monthNanos: Nanos
  readonly totalNanos: Nanos
}

/** What recomputing the whole ledger found. */
export interface LedgerReport {
  readonly ok: boolean
  readonly accounts: number
  readonly rows: number
  readonly openHolds: number
  /** One sentence for each broken invariant. */
  readonly problems: readonly string[]
}
