import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { addCapsList } from './caps-list.ts'
import { addCapsSet } from './caps-set.ts'

/** `vendo caps`: hard limits of keys, of apps over all their keys, of tenants over all their apps. */
export const addCaps = (program: Command, context: CliContext): void => {
  const caps = program.command('caps').description('set and list the caps of keys, apps and tenants')
  addCapsSet(caps, context)
  addCapsList(caps, context)
}
