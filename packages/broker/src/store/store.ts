import type { SharedLimits } from '@vendo/contract/api'
import type { RefundAmounts } from './ledger/refund.ts'
import type {
  KeptAnswer,
  KeyChange,
  LimitsChange,
  Order,
  OrderOutcome,
  Refund,
  ScopeLimits,
} from './management-records.ts'
import type {
  AppRecord,
  Balance,
  BindingRecord,
  CallQuery,
  CallRecord,
  ConnectionRecord,
  EpochMs,
  HoldOutcome,
  HoldRequest,
  KeyRecord,
  KeySpend,
  LedgerReport,
  MarginRecord,
  RateOverride,
  SealedSecret,
  Settlement,
  TenantRecord,
  TopUp,
  UsageGroup,
  UsageQuery,
} from './records.ts'

/** Who may use what: small tables, read often, cached by the layers above. Every write is durable when its promise resolves. */
export interface DirectoryStore {
  createTenant(tenant: TenantRecord): Promise<void>
  listTenants(): Promise<readonly TenantRecord[]>
  createApp(app: AppRecord): Promise<void>
  getApp(id: string): Promise<AppRecord | null>
  listApps(tenantId: string): Promise<readonly AppRecord[]>
  createConnection(connection: ConnectionRecord): Promise<void>
  getConnection(id: string): Promise<ConnectionRecord | null>
  listConnections(tenantId: string): Promise<readonly ConnectionRecord[]>
  setConnectionStatus(id: string, status: ConnectionRecord['status']): Promise<void>
  /** Repeating a binding changes nothing. */
  createBinding(binding: BindingRecord): Promise<void>
  deleteBinding(appId: string, connectionId: string): Promise<void>
  /** The connections an app is bound to, oldest binding first, revoked ones included. */
  listBoundConnections(appId: string): Promise<readonly ConnectionRecord[]>
  listBindings(tenantId: string): Promise<readonly BindingRecord[]>
  createKey(key: KeyRecord): Promise<void>
  findKeyByHash(hash: string): Promise<KeyRecord | null>
  getKey(id: string): Promise<KeyRecord | null>
  listKeys(tenantId: string | null): Promise<readonly KeyRecord[]>
  /** Takes effect at the next admission: {@link LedgerStore.hold} reads the key again. Revoking twice keeps the first instant. */
  revokeKey(id: string, at: EpochMs): Promise<void>
  /** Changes a key from the next admission on, and keeps a version. False when the tenant has no such key. */
  updateKey(change: KeyChange): Promise<boolean>
  /**
   * Gives an app or a tenant other limits, from the next admission on, and keeps a version. They count what was spent in
   * the running windows before them. Throws `not_found`.
   */
  setLimits(change: LimitsChange): Promise<void>
  /** The limits of an app or a tenant. Throws `not_found`. */
  sharedLimits(scope: LimitsChange['scope'], tenantId: string): Promise<SharedLimits>
  /** The same with what counts against them now: for a scope that never had any, its keys are added up. Throws `not_found`. */
  scopeLimits(scope: LimitsChange['scope'], tenantId: string): Promise<ScopeLimits>
  /** Appends margins, or their ends. */
  addMargins(margins: readonly MarginRecord[]): Promise<void>
  /** Every margin there ever was, by the instant it takes effect, then by arrival. */
  listMargins(): Promise<readonly MarginRecord[]>
  /** Shows a tenant's own keys list prices and margins, or not any more. False when there is no such tenant. */
  setTransparent(tenantId: string, transparent: boolean): Promise<boolean>
  /** True the first time that this name is told, over all processes. */
  tellOnce(name: string): Promise<boolean>
  /** The sealed record that opens with this store's vault key alone; null before the first start with one. */
  vaultCanary(): Promise<SealedSecret | null>
  /** Keeps a canary unless there is one; resolves to the one that counts, over all processes. */
  keepVaultCanary(sealed: SealedSecret): Promise<SealedSecret>
  /** Puts another canary in its place: for a vault key that was lost. */
  replaceVaultCanary(sealed: SealedSecret): Promise<void>
  addRateOverrides(overrides: readonly RateOverride[]): Promise<void>
  listRateOverrides(): Promise<readonly RateOverride[]>
  /** Carries out all of an order or nothing, once per idempotency key. Throws what its effects throw. */
  carryOut(order: Order): Promise<OrderOutcome>
  /** What was answered to the first request of this owner with this idempotency key. */
  findAnswer(owner: string, idempotencyKey: string): Promise<KeptAnswer | null>
}

/** Money. Append-only rows; at every admission Σ settled + Σ open holds ≤ every limit. */
export interface LedgerStore {
  /** One transaction over key state, balance and every cap and rate. Durable when it resolves. */
  hold(request: HoldRequest): Promise<HoldOutcome>
  /**
   * Writes the terminal row and moves the hold to settled. Idempotent: a second settlement of the same attempt changes
   * nothing and resolves to false; so does one for an attempt that was never held. Settling as `released` after a hold
   * whose outcome is unknown is final: when it resolves, that hold is closed or can never appear.
   */
  settle(settlement: Settlement): Promise<boolean>
  /** Appends the one correction an attempt may have (a background answer whose usage became known later). False if there is one already, or no terminal row. */
  correct(settlement: Settlement): Promise<boolean>
  /**
   * Gives back what an estimate charged, as the attempt's one correction. Throws `not_found`, `idempotency_conflict` when it
   * has one already, `validation_failed` when there is nothing to give back.
   */
  refund(refund: Refund): Promise<RefundAmounts>
  /** One call, running or ended. */
  getCall(attemptId: string): Promise<CallRecord | null>
  /** The terminal row of the attempt that produced a provider's response id, if it still awaits its usage. */
  findPendingResponse(tenantId: string, responseId: string): Promise<CallRecord | null>
  /** Whether an attempt of this tenant produced a provider's response id: on a pooled credential nobody else may touch it. */
  ownsResponse(tenantId: string, responseId: string): Promise<boolean>
  /** Settles at the hold, flagged `orphaned`, every open hold that expired before `now`, or all of them when `now` is null (start-up of a sole process). On a store of many processes the store's own clock decides when that is earlier. Resolves to their number. */
  settleOrphans(now: EpochMs | null): Promise<number>
  /** Adds credit; returns the id of the row, which is the earlier one's for a repeated idempotency key. Throws `idempotency_conflict`. */
  topUp(topUp: TopUp): Promise<string>
  /**
   * Lets open holds live until `ttlMs` from now, never shorter than before: for calls that still run. Closed and unknown
   * ones are left alone.
   */
  renewHolds(attemptIds: readonly string[], ttlMs: number): Promise<void>
  /**
   * Removes accounts of limits per minute that ended before `before`, and at least a day ago: nothing is ever asked of them
   * again. At most 5000 at once; resolves to their number.
   */
  pruneWindows(before: EpochMs): Promise<number>
  balance(tenantId: string): Promise<Balance>
  keySpend(keyId: string): Promise<KeySpend>
  /** Oldest first. */
  listCalls(query: CallQuery): Promise<readonly CallRecord[]>
  summarizeUsage(query: UsageQuery): Promise<readonly UsageGroup[]>
  /** Recomputes every account from the rows and checks every invariant. */
  verify(): Promise<LedgerReport>
}

/** Everything the broker keeps. SQLite implements it for one process, Postgres for many. */
export interface Store extends DirectoryStore, LedgerStore {
  /** The folder that its file is in, where other files of the same broker may lie. Absent for a store elsewhere. */
  readonly folder?: string
  /** Whether this process is the only one: every open hold it finds when it starts is then an orphan. */
  readonly exclusive: boolean
  /** Resolves when the store answers, after everything that was asked before; rejects with `store_unavailable`. */
  ping(): Promise<void>
  /** Writes a few bytes and resolves after their commit; rejects with `store_unavailable`, as on a full disk. */
  probeWrite(): Promise<void>
  /** Finishes what was accepted, then releases the file. Idempotent. */
  close(): Promise<void>
}
