import { formatCount } from '../bill/format-amount.ts'
import { readRateFile } from '../commands/read-rate-file.ts'
import type { Output } from '../context.ts'
import { CliError } from '../terminal/cli-error.ts'
import { printable } from '../terminal/printable.ts'
import type { Store } from './local-state.ts'

/** What a list is brought into. */
export interface RatesTarget {
  readonly broker: Pick<typeof import('@vendo/broker'), 'applyRateList'>
  readonly store: Store
  /** Absolute. */
  readonly path: string
}

/**
 * Takes over a list of prices when a broker starts, before its first call, and says what became of it.
 *
 * @throws {CliError} when the file is none, so that no broker starts with other prices than it was told.
 */
export const applyRatesFile = async (errors: Output, { broker, store, path }: RatesTarget): Promise<void> => {
  const text = readRateFile('/', path)
  const applied = await broker.applyRateList(store, { text, source: path }).catch((error: unknown) => {
    throw new CliError(`The rates of ${path} cannot be taken over: ${error instanceof Error ? error.message : error}`)
  })
  const { changes, unchanged, skipped, ignored } = applied
  errors.write(
    `vendo: ${path}: ${formatCount(changes.length)} models have new rates, ${formatCount(unchanged)} are as they were, ` +
      `${formatCount(skipped.length)} are skipped\n`,
  )
  for (const { model, reason } of skipped) errors.write(`vendo: skipped ${printable(model)}: ${printable(reason)}\n`)
  for (const [price, count] of Object.entries(ignored)) {
    errors.write(`vendo: ${formatCount(count)} models have a price for ${printable(price)}, which is not taken over\n`)
  }
}
