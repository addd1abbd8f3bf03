import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { addRatesImport } from './rates-import.ts'
import { addRatesList } from './rates-list.ts'
import { addRatesSet } from './rates-set.ts'
import { addRatesUpdate } from './rates-update.ts'

/** `vendo rates`: what models cost. */
export const addRates = (program: Command, context: CliContext): void => {
  const rates = program.command('rates').description('list, set, import and update the rates of models')
  addRatesList(rates, context)
  addRatesSet(rates, context)
  addRatesImport(rates, context)
  addRatesUpdate(rates, context)
}
