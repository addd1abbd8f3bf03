import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { addKeysCreate } from './keys-create.ts'
import { addKeysList } from './keys-list.ts'
import { addKeysRevoke } from './keys-revoke.ts'

/** `vendo keys`: who may call what, up to which limits. */
export const addKeys = (program: Command, context: CliContext): void => {
  const keys = program.command('keys').description('create, list and revoke Vendo keys')
  addKeysCreate(keys, context)
  addKeysList(keys, context)
  addKeysRevoke(keys, context)
}
