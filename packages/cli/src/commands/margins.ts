import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { addMarginsList } from './margins-list.ts'
import { addMarginsRemove } from './margins-remove.ts'
import { addMarginsSet } from './margins-set.ts'

/** `vendo margins`: what is added to list price for calls on an operator's credentials. */
export const addMargins = (program: Command, context: CliContext): void => {
  const margins = program.command('margins').description('list, set and remove what is added to list prices')
  addMarginsList(margins, context)
  addMarginsSet(margins, context)
  addMarginsRemove(margins, context)
}
