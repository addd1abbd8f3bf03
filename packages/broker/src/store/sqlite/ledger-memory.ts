import type { FoundAccounts } from '../group/account-book.ts'
import type { OpenHold } from '../group/plan-group.ts'
import type { Account } from '../ledger/account.ts'
import { type ClaimedLimit, claimedLimitsOf } from '../ledger/claims.ts'
import { entriesOf } from '../ledger/entries-column.ts'
import { refusalOfStanding, selectStanding } from '../ledger/hold.ts'
import { limitHoldersOf } from '../ledger/scope-limits.ts'
import { amountsOf } from '../ledger/settle.ts'
import { minuteAt } from '../ledger/window.ts'
import type { EpochMs, HoldOutcome, HoldRequest } from '../records.ts'
import { bigintOf, numberOf, type SqlRow, textOf } from '../sql.ts'
import type { SqliteStatements } from './sqlite-sql.ts'

const selectAccount = 'SELECT credit, settled, held FROM accounts WHERE id = $1'
const selectHold = `SELECT tenant_id, entries, adopted, wallet_nanos, spend_nanos, tokens, expires_at
  FROM holds WHERE attempt_id = $1 AND state = 'open'`
const mostRemembered = 50_000

/** A key with a connection, and the limits that its holds had to pass when it was last asked. */
interface Standing {
  readonly row: SqlRow | undefined
  readonly limits: Map<number | null, { readonly minute: string; readonly claimed: readonly ClaimedLimit[] }>
}

/** The limits that the latest hold of a key had to pass, and what they depend on. */
interface Passed extends Pick<HoldRequest, 'tenantId' | 'connectionId' | 'defaultRequestsPerMinute'> {
  readonly now: EpochMs
  readonly limits: readonly ClaimedLimit[]
}

/**
 * What this connection read from and wrote to the ledger: so that a group of holds and settlements reads nothing that it
 * knows. Right as long as nobody else writes, which SQLite tells; whatever else this connection writes has to empty it.
 */
export class LedgerMemory implements FoundAccounts {
  readonly #statements: SqliteStatements
  readonly #standings = new Map<string, Standing>()
  readonly #passed = new Map<string, Passed>()
  readonly #accounts = new Map<string, Account>()
  readonly #holds = new Map<string, OpenHold>()
  #dataVersion: number | undefined

  constructor(statements: SqliteStatements) {
    this.#statements = statements
  }

  /** Forgets everything. */
  empty(): void {
    this.#standings.clear()
    this.#passed.clear()
    this.#accounts.clear()
    this.#holds.clear()
  }

  /** To be called once in each transaction, before anything is asked: forgets what another connection may have changed. */
  refresh(): void {
    const [row] = this.#statements.all('PRAGMA data_version')
    const version = row === undefined ? undefined : numberOf(row, 'data_version')
    const full = this.#accounts.size + this.#standings.size + this.#holds.size > mostRemembered
    if (version === undefined || version !== this.#dataVersion || full) this.empty()
    this.#dataVersion = version
  }

  /** The limits that a hold request has to pass, or why it may not call at all. */
  limitsOf(request: HoldRequest, now: EpochMs): readonly ClaimedLimit[] | HoldOutcome {
    const { keyId, tenantId, connectionId, defaultRequestsPerMinute } = request
    const passed = this.#passed.get(keyId)
    if (
      passed?.now === now &&
      passed.tenantId === tenantId &&
      passed.connectionId === connectionId &&
      passed.defaultRequestsPerMinute === defaultRequestsPerMinute
    ) {
      return passed.limits
    }
    const limits = this.#limitsNow(request, now)
    if (!('admitted' in limits)) {
      this.#passed.set(keyId, { tenantId, connectionId, defaultRequestsPerMinute, now, limits })
    }
    return limits
  }

  /** An account, if it exists. */
  get(id: string): Account | undefined {
    const known = this.#accounts.get(id)
    if (known !== undefined) return known
    const [row] = this.#statements.all(selectAccount, [id])
    if (row === undefined) return undefined
    const account = { credit: bigintOf(row, 'credit'), settled: bigintOf(row, 'settled'), held: bigintOf(row, 'held') }
    this.#accounts.set(id, account)
    return account
  }

  /** Remembers an account as it was written. */
  keepAccount(id: string, account: Account): void {
    this.#accounts.set(id, account)
  }

  /** A hold, if it is open. */
  holdOf(attemptId: string): OpenHold | undefined {
    const known = this.#holds.get(attemptId)
    if (known !== undefined) return known
    const [row] = this.#statements.all(selectHold, [attemptId])
    if (row === undefined) return undefined
    return {
      tenantId: textOf(row, 'tenant_id'),
      entries: entriesOf(row),
      amounts: amountsOf(row),
      expiresAt: numberOf(row, 'expires_at'),
    }
  }

  /** Remembers a hold as it was written. */
  keepHold(attemptId: string, hold: OpenHold): void {
    this.#holds.set(attemptId, hold)
  }

  /** Forgets a hold that was closed. */
  dropHold(attemptId: string): void {
    this.#holds.delete(attemptId)
  }

  #limitsNow(request: HoldRequest, now: EpochMs): readonly ClaimedLimit[] | HoldOutcome {
    const { row, limits } = this.#standingOf(request)
    const refusal = refusalOfStanding(row, now)
    if (refusal !== undefined) return refusal
    if (row === undefined) throw new TypeError('a hold without a standing was not refused')
    const minute = minuteAt(now).name
    const known = limits.get(request.defaultRequestsPerMinute)
    if (known?.minute === minute) return known.claimed
    const claimed = claimedLimitsOf(request, limitHoldersOf(row, request), now)
    limits.set(request.defaultRequestsPerMinute, { minute, claimed })
    return claimed
  }

  #standingOf({ keyId, tenantId, connectionId }: HoldRequest): Standing {
    const name = `${keyId}\n${tenantId}\n${connectionId}`
    const known = this.#standings.get(name)
    if (known !== undefined) return known
    const [row] = this.#statements.all(selectStanding, [keyId, tenantId, connectionId])
    const standing: Standing = { row, limits: new Map() }
    this.#standings.set(name, standing)
    return standing
  }
}
