import { randomBytes } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { basename } from 'node:path'
import { Secret } from '@vendo/contract'
import { CliError } from '../terminal/cli-error.ts'
import { createStateDirectory, type StateDirectory } from './state-directory.ts'

type BrokerPackage = typeof import('@vendo/broker')
/** The broker's store, as `@vendo/broker` opens it. */
export type Store = Awaited<ReturnType<BrokerPackage['openSqliteStore']>>
/** The broker's vault. */
export type Vault = ReturnType<BrokerPackage['createVault']>

/** An open store and vault, and the files of their folder unless they leave nothing behind. */
export interface LocalState {
  readonly store: Store
  readonly vault: Vault
  readonly vaultKey: Secret
  /** `undefined`: everything is in memory and ends with the process. */
  readonly files: StateDirectory | undefined
}

/**
 * Opens the state of a local broker, making what is missing.
 *
 * @throws {VendoError} `store_unavailable` naming the file when another process has it open, `vault_key_exposed` when others may
 *   read the vault key, `vault_key_wrong`; {@link CliError} when the folder cannot be written, or when it holds a ledger without its vault key.
 */
export const openLocalState = async (broker: BrokerPackage, files: StateDirectory | undefined): Promise<LocalState> => {
  if (files === undefined) {
    // Memory rather than a temporary folder: even after kill -9 no credential is left on the disk.
    const vaultKey = new Secret(randomBytes(32).toString('base64'))
    const store = await broker.openSqliteStore({ path: ':memory:' })
    return { store, vaultKey, vault: broker.createVault({ keyEncryptionKey: vaultKey }), files }
  }
  assertOwnLedger(files)
  try {
    createStateDirectory(files)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliError(`The folder ${files.path} cannot be written (${code}).`, 'Run vendo where you may write.')
  }
  const vaultKey = await broker.loadOrCreateKeyFile(files.vaultKey)
  const vault = broker.createVault({ keyEncryptionKey: vaultKey })
  const store = await broker.openSqliteStore({ path: files.ledger })
  try {
    // Before anything is sealed with a key that is not the store's.
    await broker.assertVaultKey(store, vault)
  } catch (error) {
    await store.close()
    throw error
  }
  return { store, vault, vaultKey, files }
}

/**
 * A ledger whose vault key is missing came from elsewhere, such as a cloned repository: whoever made it may hold its Vendo
 * keys, and a new vault key beside it would put the user's own provider keys behind these.
 */
const assertOwnLedger = (files: StateDirectory): void => {
  const ledger = ledgerFiles(files).find(isThere)
  if (ledger === undefined || isThere(files.vaultKey)) return
  throw new CliError(
    `${ledger} is there, but its vault key is not: this .vendo was copied or cloned from elsewhere, or its ${basename(files.vaultKey)} was lost. Nothing was changed.`,
    `Put ${files.vaultKey} back if it is yours; else move ${files.path} away, and vendo starts with a new one.`,
  )
}

/** SQLite keeps what is newest beside the file itself. */
const ledgerFiles = ({ ledger }: StateDirectory): readonly string[] => [ledger, `${ledger}-wal`, `${ledger}-journal`]

/** A link to nothing counts: SQLite would make the file that it leads to. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** A fresh id such as `app_…`. */
export const newId = (prefix: string): string => `${prefix}_${randomBytes(15).toString('base64url')}`
