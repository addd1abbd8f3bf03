import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { searchFolders } from '../env/search-folders.ts'
import { loadBroker } from '../local/load-broker.ts'
import { findStateDirectory, stateDirectoryIn } from '../local/state-directory.ts'
import { CliError } from '../terminal/cli-error.ts'
import { parseStoreAddress } from '../workers/store-address.ts'

interface BackupOptions {
  readonly store?: string
}

/** `vendo ledger backup`: a copy of a SQLite store, while its broker runs. */
export const addBackup = (ledger: Command, context: CliContext): void => {
  ledger
    .command('backup <file>')
    .description('copy a SQLite store as it is now, while its broker runs; the file must not exist yet')
    .option('--store <url>', "sqlite:PATH; default: VENDO_STORE, else this folder's .vendo")
    .addHelpText('after', '\nExample:\n  vendo ledger backup --store sqlite:ledger.sqlite ledger-backup.sqlite')
    .action((file: string, options: BackupOptions) => backUp(context, file, options))
}

const backUp = async (context: CliContext, file: string, { store }: BackupOptions): Promise<void> => {
  const path = sqlitePathOf(context, store)
  const to = resolve(context.cwd, file)
  const broker = await loadBroker()
  await broker.backupSqliteStore({ path, to })
  context.output.write(`${to} is a copy of ${path}.\n`)
  context.errors.write('vendo: the vault key is not in it: keep a copy of that key, and keep the two apart\n')
}

const sqlitePathOf = ({ cwd, env }: CliContext, store: string | undefined): string => {
  const named = store ?? env['VENDO_STORE']
  if (named === undefined || named.trim() === '') return localLedger(cwd)
  const address = parseStoreAddress(named, cwd)
  if (address.kind === 'postgres') {
    throw new CliError('A Postgres store is backed up with the tools of Postgres.', 'Use pg_dump, or archive its log.')
  }
  if (address.path !== ':memory:') return address.path
  throw new CliError('A store in memory cannot be backed up.', 'Name a file with --store sqlite:PATH.')
}

const localLedger = (cwd: string): string => {
  const folder = findStateDirectory(searchFolders(cwd))
  if (folder !== undefined) return stateDirectoryIn(folder).ledger
  throw new CliError('There is no ledger in this folder.', 'Name one with --store sqlite:PATH.')
}
