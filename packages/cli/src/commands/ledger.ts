import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { addAdoptVaultKey } from './ledger-adopt-vault-key.ts'
import { addBackup } from './ledger-backup.ts'
import { addVerify } from './ledger-verify.ts'

/** `vendo ledger`: the ledger's own audit, its backup, and the vault key that belongs to it. */
export const addLedger = (program: Command, context: CliContext): void => {
  const ledger = program.command('ledger').description('audit the ledger, or back it up')
  addVerify(ledger, context)
  addBackup(ledger, context)
  addAdoptVaultKey(ledger, context)
}
