import { carryOut } from './carry-out.ts'
import { findAnswer } from './directory/answers.ts'
import { createApp, getApp, listApps } from './directory/apps.ts'
import { createBinding, deleteBinding, listBindings } from './directory/bindings.ts'
import {
  createConnection,
  getConnection,
  listBoundConnections,
  listConnections,
  setConnectionStatus,
} from './directory/connections.ts'
import { createKey, findKeyByHash, getKey, listKeys, revokeKey } from './directory/keys.ts'
import { addMargins, listMargins } from './directory/margins.ts'
import { tellOnce } from './directory/notices.ts'
import { addRateOverrides, listRateOverrides } from './directory/rate-overrides.ts'
import { scopeLimits, setLimits, sharedLimits, updateKey } from './directory/set-limits.ts'
import { createTenant, listTenants, setTransparent } from './directory/tenants.ts'
import { keepVaultCanary, replaceVaultCanary, vaultCanary } from './directory/vault-canary.ts'
import { balance, keySpend } from './ledger/balance.ts'
import { findPendingResponse, listCalls, ownsResponse } from './ledger/calls.ts'
import { correct } from './ledger/correct.ts'
import { hold } from './ledger/hold.ts'
import { pruneWindows } from './ledger/prune-windows.ts'
import { getCall, refund } from './ledger/refund.ts'
import { renewHolds } from './ledger/renew-holds.ts'
import { settle } from './ledger/settle.ts'
import { settleOrphans } from './ledger/settle-orphans.ts'
import { summarizeUsage } from './ledger/summarize-usage.ts'
import { topUp } from './ledger/top-up.ts'
import { verify } from './ledger/verify.ts'
import type { Transaction } from './sql.ts'
import type { Store } from './store.ts'

/** The methods of a store that run inside a transaction: all but closing it. */
export type StoreCommand = Exclude<keyof Store, 'close' | 'exclusive' | 'folder'>

/**
 * What each method of a store does, over any database. A driver runs each in a transaction, many in one if it likes, and
 * resolves the method's promise only after the commit. A command may be run again from the start when a commit fails, so
 * it keeps nothing outside the database.
 */
export const commands: {
  readonly [Name in StoreCommand]: (
    transaction: Transaction,
    ...parameters: Parameters<Store[Name]>
  ) => ReturnType<Store[Name]>
} = {
  createTenant,
  listTenants,
  createApp,
  getApp,
  listApps,
  createConnection,
  getConnection,
  listConnections,
  setConnectionStatus,
  createBinding,
  deleteBinding,
  listBoundConnections,
  listBindings,
  createKey,
  findKeyByHash,
  getKey,
  listKeys,
  revokeKey,
  updateKey,
  setLimits,
  sharedLimits,
  scopeLimits,
  addMargins,
  listMargins,
  setTransparent,
  tellOnce,
  vaultCanary,
  keepVaultCanary,
  replaceVaultCanary,
  addRateOverrides,
  listRateOverrides,
  carryOut,
  findAnswer,
  hold,
  settle,
  correct,
  refund,
  getCall,
  findPendingResponse,
  ownsResponse,
  settleOrphans,
  topUp,
  renewHolds,
  pruneWindows,
  balance,
  keySpend,
  listCalls,
  summarizeUsage,
  verify,
  probeWrite: async ({ sql }) => {
    // A changed value, because SQLite leaves out a write that changes no byte. No migration has a version below 0.
    await sql.run(
      `INSERT INTO schema_versions (version, applied_at) VALUES (-1, 0)
        ON CONFLICT (version) DO UPDATE SET applied_at = schema_versions.applied_at + 1`,
    )
  },
  ping: async ({ sql }) => {
    // A write that changes nothing still needs everything that a write needs.
    await sql.run('DELETE FROM schema_versions WHERE version < 0')
  },
}

/** Those that change nothing. */
export const readingCommands: ReadonlySet<StoreCommand> = new Set<StoreCommand>([
  ...(['listTenants', 'getApp', 'listApps', 'getConnection', 'listConnections', 'listBoundConnections'] as const),
  ...(['listBindings', 'findKeyByHash', 'getKey', 'listKeys', 'sharedLimits', 'scopeLimits', 'listMargins'] as const),
  ...(['listRateOverrides', 'findAnswer', 'getCall', 'findPendingResponse', 'ownsResponse', 'balance'] as const),
  ...(['keySpend', 'listCalls', 'summarizeUsage', 'verify', 'ping', 'probeWrite'] as const),
  'vaultCanary',
])
