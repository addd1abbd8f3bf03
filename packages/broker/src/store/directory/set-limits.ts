import { createVendoError } from '@vendo/contract'
import type { KeyLimits, SharedLimits } from '@vendo/contract/api'
import type { LimitScope } from '../ledger/account.ts'
import { countedOf, type LimitMeasure, measuresOf, unionOf } from '../ledger/scope-limits.ts'
import { lockTenant, startCounting } from '../ledger/scope-limits-start.ts'
import { scopeUse } from '../ledger/scope-limits-use.ts'
import type { KeyChange, LimitsChange, ScopeLimits } from '../management-records.ts'
import type { EpochMs } from '../records.ts'
import { firstRow, jsonOf, numberOf, numberOrNull, type Transaction, textOf, textOrNull } from '../sql.ts'

/**
 * Gives an app or a tenant other limits, from the next admission on. What its keys spent in the running windows counts, and
 * so do the calls that run; nothing that was settled or held is rewritten. Each change is kept as a version.
 *
 * @throws {VendoError} `not_found` when the tenant has no such app.
 */
export const setLimits = async (transaction: Transaction, change: LimitsChange): Promise<void> => {
  const { scope, tenantId, limits, authorKeyId } = change
  await lockTenant(transaction, tenantId)
  const { counted } = await readScope(transaction, scope, tenantId)
  const wanted = unionOf(counted, [...measuresOf(limits), 'spend'])
  await startCounting(transaction, { ...scope, tenantId }, newIn(wanted, counted))
  const update = `UPDATE ${tables[scope.kind]} SET limits = $2, counted = $3 WHERE id = $1`
  await transaction.sql.run(update, [scope.id, JSON.stringify(limits), JSON.stringify(wanted)])
  await addVersion(transaction, { scope, limits, name: null, expiresAt: null, authorKeyId })
}

/** The limits of an app or a tenant. */
export const sharedLimits = async (
  transaction: Transaction,
  scope: LimitsChange['scope'],
  tenantId: string,
): Promise<SharedLimits> => (await readScope(transaction, scope, tenantId)).limits

/** The limits of an app or a tenant, and what counts against them now. */
export const scopeLimits = async (
  transaction: Transaction,
  scope: LimitsChange['scope'],
  tenantId: string,
): Promise<ScopeLimits> => {
  const { limits, counted } = await readScope(transaction, scope, tenantId)
  const version = await firstRow(transaction.sql, newestVersion, [scope.kind, scope.id])
  return {
    limits,
    changedAt: version === undefined ? null : numberOf(version, 'changed_at'),
    authorKeyId: version === undefined ? null : textOrNull(version, 'author_key_id'),
    use: await scopeUse(transaction, { ...scope, tenantId }, counted),
  }
}

/**
 * Changes a key from the next admission on; what is absent stays. What it spent stays spent, and limits of what was not
 * counted before start with what runs and what this minute saw. Each change is kept as a version. False when there is no
 * such key.
 */
export const updateKey = async (transaction: Transaction, change: KeyChange): Promise<boolean> => {
  const { sql } = transaction
  const { id, tenantId, authorKeyId } = change
  if (tenantId !== null) await lockTenant(transaction, tenantId)
  const text = `SELECT name, limits, counted, expires_at FROM keys
    WHERE id = $1 AND (tenant_id = $2 OR (tenant_id IS NULL AND CAST($2 AS TEXT) IS NULL))`
  const row = await firstRow(sql, text, [id, tenantId])
  if (row === undefined) return false
  const before = jsonOf<KeyLimits>(row, 'limits')
  const limits = change.limits ?? before
  // What a key spends is counted from its first call on.
  const counted = unionOf(['spend'], [...countedOf(row, 'counted'), ...measuresOf(before)])
  const wanted = unionOf(counted, measuresOf(limits))
  if (tenantId !== null) {
    await startCounting(transaction, { kind: 'key', id, tenantId }, newIn(wanted, counted))
  }
  const name = change.name ?? textOf(row, 'name')
  const expiresAt = change.expiresAt === undefined ? numberOrNull(row, 'expires_at') : change.expiresAt
  const update = 'UPDATE keys SET name = $2, limits = $3, counted = $4, expires_at = $5 WHERE id = $1'
  await sql.run(update, [id, name, JSON.stringify(limits), JSON.stringify(wanted), expiresAt])
  await addVersion(transaction, { scope: { kind: 'key', id }, limits, name, expiresAt, authorKeyId })
  return true
}

const tables = { app: 'apps', tenant: 'tenants' } as const

const readScope = async (
  { sql }: Transaction,
  { kind, id }: LimitsChange['scope'],
  tenantId: string,
): Promise<{ readonly limits: SharedLimits; readonly counted: readonly LimitMeasure[] }> => {
  const owner = kind === 'app' ? 'tenant_id' : 'id'
  const text = `SELECT limits, counted FROM ${tables[kind]} WHERE id = $1 AND ${owner} = $2`
  const row = await firstRow(sql, text, [id, tenantId])
  if (row === undefined) throw createVendoError(`There is no such ${kind}.`, { code: 'not_found' })
  return { limits: textOrNull(row, 'limits') === null ? {} : jsonOf(row, 'limits'), counted: countedOf(row, 'counted') }
}

const newIn = (wanted: readonly LimitMeasure[], counted: readonly LimitMeasure[]): readonly LimitMeasure[] =>
  wanted.filter((measure) => !counted.includes(measure))

interface Version {
  readonly scope: LimitScope
  readonly limits: SharedLimits
  readonly name: string | null
  readonly expiresAt: EpochMs | null
  readonly authorKeyId: string | null
}

const newestVersion = `SELECT version, changed_at, author_key_id FROM limit_versions
  WHERE scope_kind = $1 AND scope_id = $2 ORDER BY version DESC LIMIT 1`

const addVersion = async ({ sql, now }: Transaction, version: Version): Promise<void> => {
  const { scope, limits, name, expiresAt, authorKeyId } = version
  const newest = await firstRow(sql, newestVersion, [scope.kind, scope.id])
  const text = `INSERT INTO limit_versions (scope_kind, scope_id, version, limits, name, expires_at, author_key_id, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
  const number = newest === undefined ? 1 : numberOf(newest, 'version') + 1
  const values = [JSON.stringify(limits), name, expiresAt, authorKeyId, now] as const
  await sql.run(text, [scope.kind, scope.id, number, ...values])
}
