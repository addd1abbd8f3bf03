import type { OpenHold } from '../group/plan-group.ts'
import type { Account } from '../ledger/account.ts'
import { type Claim, type ClaimedLimit, claimedLimitsOf, claimsOf } from '../ledger/claims.ts'
import { refusalOfStanding, selectStanding } from '../ledger/hold.ts'
import { limitHoldersOf } from '../ledger/scope-limits.ts'
import { minuteAt } from '../ledger/window.ts'
import type { HoldOutcome, HoldRequest } from '../records.ts'
import { bigintOf, firstRow, numberOf, type Sql, type SqlRow, type Transaction } from '../sql.ts'

const selectAccount = 'SELECT credit, settled, held FROM accounts WHERE id = $1'
const mostRemembered = 50_000

/** A key with a connection, and the limits that its holds had to pass when it was last asked. */
interface Standing {
  readonly row: SqlRow | undefined
  readonly limits: Map<number | null, { readonly minute: string; readonly claimed: readonly ClaimedLimit[] }>
}

/**
 * What this connection read from and wrote to the ledger: so that a group of holds and settlements reads nothing that it
 * knows. Right as long as nobody else writes, which SQLite tells; whatever else this connection writes has to empty it.
 */
export class LedgerMemory {
  readonly #standings = new Map<string, Standing>()
  readonly #accounts = new Map<string, Account>()
  /** Open holds by attempt. */
  readonly holds = new Map<string, OpenHold>()
  #dataVersion: number | undefined

  /** Forgets everything. */
  empty(): void {
    this.#standings.clear()
    this.#accounts.clear()
    this.holds.clear()
  }

  /** To be called once in each transaction, before anything is asked: forgets what another connection may have changed. */
  async refresh(sql: Sql): Promise<void> {
    const row = await firstRow(sql, 'PRAGMA data_version', [])
    const version = row === undefined ? undefined : numberOf(row, 'data_version')
    const full = this.#accounts.size + this.#standings.size + this.holds.size > mostRemembered
    if (version === undefined || version !== this.#dataVersion || full) this.empty()
    this.#dataVersion = version
  }

  /** What a hold request claims, or why it may not call at all. */
  async claimsOf({ sql, now }: Transaction, request: HoldRequest): Promise<readonly Claim[] | HoldOutcome> {
    const { row, limits } = await this.#standingOf(sql, request)
    const refusal = refusalOfStanding(row, now)
    if (refusal !== undefined) return refusal
    if (row === undefined) throw new TypeError('a hold without a standing was not refused')
    const minute = minuteAt(now).name
    const known = limits.get(request.defaultRequestsPerMinute)
    if (known?.minute === minute) return claimsOf(request, known.claimed)
    const claimed = claimedLimitsOf(request, limitHoldersOf(row, request), now)
    limits.set(request.defaultRequestsPerMinute, { minute, claimed })
    return claimsOf(request, claimed)
  }

  /** Those of the accounts that exist. */
  async accountsOf(sql: Sql, ids: Iterable<string>): Promise<ReadonlyMap<string, Account>> {
    for (const id of ids) {
      if (this.#accounts.has(id)) continue
      const row = await firstRow(sql, selectAccount, [id])
      if (row === undefined) continue
      this.keepAccount(id, {
        credit: bigintOf(row, 'credit'),
        settled: bigintOf(row, 'settled'),
        held: bigintOf(row, 'held'),
      })
    }
    return this.#accounts
  }

  /** Remembers an account as it was read or written. */
  keepAccount(id: string, account: Account): void {
    this.#accounts.set(id, account)
  }

  async #standingOf(sql: Sql, { keyId, tenantId, connectionId }: HoldRequest): Promise<Standing> {
    const name = `${keyId}\n${tenantId}\n${connectionId}`
    const known = this.#standings.get(name)
    if (known !== undefined) return known
    const row = await firstRow(sql, selectStanding, [keyId, tenantId, connectionId])
    const standing: Standing = { row, limits: new Map() }
    this.#standings.set(name, standing)
    return standing
  }
}
