import { Secret } from '@vendo/contract'
import type { SealedSecret } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { SealContext, Vault } from './vault.ts'
import { VaultError } from './vault-error.ts'

/** What of a store the check of the vault key asks. */
export type CanaryStore = Pick<Store, 'vaultCanary' | 'keepVaultCanary' | 'listTenants' | 'listConnections'>

// No tenant and no connection has such an id, so that no credential can stand in for the canary.
const context: SealContext = { tenantId: '', connectionId: '', field: 'canary' }
const text = new Secret('vendo vault canary')

/**
 * Refuses a vault key with which the store's credentials do not open: every call would fail later, and what is sealed
 * meanwhile would be lost to the right key. The first key that a store meets leaves a sealed canary; where there are
 * credentials already, it has to open one of them first.
 *
 * @throws {VaultError} `vault_key_wrong`; {VendoError} `store_unavailable`
 */
export const assertVaultKey = async (store: CanaryStore, vault: Vault): Promise<void> => {
  const canary = await store.vaultCanary()
  if (canary !== null) return assertOpens(vault, canary)
  if (!(await opensCredentials(store, vault))) throw wrongKey()
  // Another process may have been first, with another key.
  assertOpens(vault, await store.keepVaultCanary(vault.seal(text, context)))
}

/**
 * Takes this vault key for the store's own from now on, because the earlier one is lost. Credentials that were sealed with
 * that one stay unreadable.
 *
 * @throws {VendoError} `store_unavailable`
 */
export const adoptVaultKey = (store: Pick<Store, 'replaceVaultCanary'>, vault: Vault): Promise<void> =>
  store.replaceVaultCanary(vault.seal(text, context))

const assertOpens = (vault: Vault, canary: SealedSecret): void => {
  if (!opens(vault, canary, context)) throw wrongKey()
}

/** One is enough: a store that changed its key before there were canaries has credentials of both. */
const opensCredentials = async (store: CanaryStore, vault: Vault): Promise<boolean> => {
  let found = false
  for (const { id: tenantId } of await store.listTenants()) {
    for (const { id: connectionId, sealed } of await store.listConnections(tenantId)) {
      if (opens(vault, sealed, { tenantId, connectionId, field: 'secret' })) return true
      found = true
    }
  }
  return !found
}

const opens = (vault: Vault, sealed: SealedSecret, place: SealContext): boolean => {
  try {
    vault.open(sealed, place)
    return true
  } catch (error) {
    if (error instanceof VaultError && error.code === 'vault_unreadable') return false
    throw error
  }
}

const wrongKey = (): VaultError =>
  new VaultError(
    'vault_key_wrong',
    'The vault key is not the one that this store was sealed with. Nothing was changed.',
    {
      suggestedFix:
        'Start with the key of this store, which is kept apart from its backups; if that key is lost, take this one with `vendo ledger adopt-vault-key` and connect every integration again.',
    },
  )
