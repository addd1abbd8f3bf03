import { VendoError } from '@vendo/contract'

/**
 * What can go wrong with the vault. Names the variable or file to look at, never a byte of what is in it.
 * `vault_unreadable` deliberately does not say whether the key, the record or its place was wrong.
 */
export class VaultError extends VendoError {
  declare readonly code: VaultErrorCode

  constructor(code: VaultErrorCode, message: string, fix: { readonly suggestedFix: string; readonly cause?: unknown }) {
    super(message, { code, status: 500, ...fix })
  }
}

/** The causes of a {@link VaultError}. */
export type VaultErrorCode =
  | 'vault_key_missing'
  | 'vault_key_invalid'
  | 'vault_key_exposed'
  | 'vault_key_wrong'
  | 'vault_unreadable'
