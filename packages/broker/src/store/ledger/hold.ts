import type { Nanos } from '@vendo/contract'
import type { ConnectionRecord, EpochMs, HoldOutcome, HoldRequest } from '../records.ts'
import { firstRow, numberOf, type SqlRow, type SqlValue, type Transaction, textOrNull } from '../sql.ts'
import { type Account, claim, readAccount, unclaim } from './account.ts'
import { assertAmounts } from './assert-amounts.ts'
import { type Claim, claimedLimitsOf, claimsOf } from './claims.ts'
import { encodeHoldEntries } from './entries-column.ts'
import { type RaisedHold, raiseToRest, reservedLimits, roomOf } from './reserve.ts'
import { limitColumns, limitHoldersOf, limitTables } from './scope-limits.ts'

type Refusal = Extract<HoldOutcome, { admitted: false }>

/**
 * Admits an attempt: reads the key and the connection again, then sets the amounts aside in every account they count
 * against. Refused, it leaves nothing behind.
 *
 * @throws {VendoError} `validation_failed` for amounts that no call can have, and for an attempt id that was used before.
 */
export const hold = async (transaction: Transaction, request: HoldRequest): Promise<HoldOutcome> => {
  assertAmounts(request)
  const { sql, now } = transaction
  const row = await firstRow(sql, selectStanding, [request.keyId, request.tenantId, request.connectionId])
  const claims = claimsOfStanding(row, request, now)
  if ('admitted' in claims) return claims
  const raised = await raise(transaction, request, claims)
  const entries = claimsOf(raised.request, claims)
  const refused = await claimAll(transaction, request, entries)
  if (refused !== undefined) return refused
  await insertHold(transaction, raised, entries)
  return admitted(now, raised.reservedNanos)
}

/** The answer to a hold that was made. */
export const admitted = (admittedAt: EpochMs, reservedNanos: Nanos): HoldOutcome =>
  reservedNanos === 0n ? { admitted: true, admittedAt } : { admitted: true, admittedAt, reservedNanos }

/** Nobody else changes the accounts of this tenant before the hold is made: a driver sees to that. */
const raise = async ({ sql }: Transaction, request: HoldRequest, claims: readonly Claim[]): Promise<RaisedHold> => {
  const rooms: Nanos[] = []
  for (const limit of reservedLimits(request, claims)) rooms.push(roomOf(limit, await readAccount(sql, limit.account)))
  return raiseToRest(request, rooms)
}

/** The columns that {@link claimsOfStanding} reads, of tables k (keys), c (connections) and {@link limitTables}. */
export const standingColumns = `${limitColumns}, k.expires_at, k.revoked_at, c.status`

/** Reads the standing of one key and connection: parameters are key, tenant and connection. */
export const selectStanding = `SELECT ${standingColumns}
  FROM keys k ${limitTables} LEFT JOIN connections c ON c.tenant_id = k.tenant_id AND c.id = $3
  WHERE k.id = $1 AND k.tenant_id = $2 AND k.kind = 'inference'`

/** What a hold request claims by the standing of its key and connection, or why it may not call at all. */
export const claimsOfStanding = (
  row: SqlRow | undefined,
  request: HoldRequest,
  now: EpochMs,
): readonly Claim[] | Refusal => {
  const refusal = refusalOfStanding(row, now)
  if (row === undefined || refusal !== undefined) return refusal ?? refuse('app_unknown')
  return claimsOf(request, claimedLimitsOf(request, limitHoldersOf(row, request), now))
}

/** Why nothing may be called with this standing at all; undefined when calls only have to pass their limits. */
export const refusalOfStanding = (row: SqlRow | undefined, now: EpochMs): Refusal | undefined => {
  const code = codeOfStanding(row, now)
  return code === undefined ? undefined : refuse(code)
}

const codeOfStanding = (row: SqlRow | undefined, now: EpochMs): Refusal['code'] | undefined => {
  if (row === undefined) return 'app_unknown'
  if (row['revoked_at'] !== null) return 'app_revoked'
  if (row['expires_at'] !== null && numberOf(row, 'expires_at') <= now) return 'app_expired'
  const status = textOrNull(row, 'status') as ConnectionRecord['status'] | null
  if (status === 'connected') return undefined
  return status === 'needs_reauth' ? 'connection_needs_reauth' : 'connection_revoked'
}

const refuse = (code: Refusal['code']): Refusal => ({
  admitted: false,
  code,
  scope: code.startsWith('connection_') ? 'tenant' : 'key',
  required: 0n,
  available: 0n,
})

const claimAll = async (
  { sql, now }: Transaction,
  { tenantId }: HoldRequest,
  claims: readonly Claim[],
): Promise<Refusal | undefined> => {
  for (const [index, entry] of claims.entries()) {
    // An amount of zero asks for nothing, so an exhausted account must not refuse it.
    if (entry.amount === 0n || (await claim(sql, { ...entry, tenantId }))) continue
    for (const { account, amount } of claims.slice(0, index)) if (amount !== 0n) await unclaim(sql, account, amount)
    const refused = refuseClaim(entry, await readAccount(sql, entry.account), now)
    if (refused.heldByOpenCalls === undefined) return refused
    for (const wider of claims.slice(index + 1)) {
      if (!isMoney(wider) || wider.amount === 0n) continue
      const refusal = refuseUsedUp(wider, await readAccount(sql, wider.account), now)
      if (refusal !== undefined) return refusal
    }
    return refused
  }
  return undefined
}

/** Whether a limit is one of money. */
export const isMoney = ({ measure }: Pick<Claim, 'measure'>): boolean => measure === 'spend' || measure === 'wallet'

/**
 * Refuses because a limit is used up. To be asked of the wider limits when running calls stand in the way of a narrower one:
 * waiting for them would be for nothing.
 */
export const refuseUsedUp = (claim: Claim, account: Account, now: EpochMs): Refusal | undefined =>
  claim.limit + account.credit - account.settled < claim.amount ? refuseClaim(claim, account, now) : undefined

/** Refuses because an account has no room for a claim. */
export const refuseClaim = (claim: Claim, { credit, settled, held }: Account, now: EpochMs): Refusal => {
  const available = claim.limit + credit - settled - held
  return {
    admitted: false,
    code: claim.code,
    scope: claim.scope,
    required: claim.amount,
    available: available > 0n ? available : 0n,
    ...(claim.withheld && { withheld: true as const }),
    ...(isMoney(claim) && available + held >= claim.amount && { heldByOpenCalls: true as const }),
    ...(claim.endsAt !== null && { retryAfterSeconds: Math.max(1, Math.ceil((claim.endsAt - now) / 1000)) }),
  }
}

/** The columns of a hold, in the order of {@link holdValues}. */
export const holdColumns: readonly string[] = [
  ...['attempt_id', 'request_id', 'tenant_id', 'key_id', 'app_id', 'connection_id', 'integration', 'route', 'model'],
  ...['streamed', 'wallet_nanos', 'spend_nanos', 'tokens', 'entries', 'admitted_at', 'expires_at', 'state'],
]

/** What a hold is kept with, beside what was asked for. */
export interface HoldFacts {
  /** As `encodeHoldEntries` or `encodeShortEntries` wrote them. */
  readonly entries: string
  readonly now: EpochMs
  readonly open: boolean
}

/** A hold as columns. */
export const holdValues = (request: HoldRequest, { entries, now, open }: HoldFacts): readonly SqlValue[] => [
  request.attemptId,
  request.requestId,
  request.tenantId,
  request.keyId,
  request.appId,
  request.connectionId,
  request.integration,
  request.route,
  request.model,
  request.streamed ? 1 : 0,
  request.walletNanos,
  request.spendNanos,
  request.tokens,
  entries,
  now,
  now + request.ttlMs,
  open ? 'open' : 'closed',
]

/** Adds a hold: {@link holdValues}. */
export const insertHoldText = `INSERT INTO holds (${holdColumns.join(', ')})
  VALUES (${holdColumns.map((_, index) => `$${index + 1}`).join(', ')})`

const insertHold = async (
  { sql, now }: Transaction,
  { request, reservedNanos }: RaisedHold,
  claims: readonly Claim[],
): Promise<void> => {
  const entries = encodeHoldEntries(claims, request, reservedNanos)
  await sql.run(insertHoldText, holdValues(request, { entries, now, open: true }))
}
