import type { ListedModel, RatesResponse } from '@vendo/contract/api'
import type { Command } from 'commander'
import { formatCount } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { formatTable } from '../terminal/format-table.ts'
import { printable } from '../terminal/printable.ts'
import { jsonText } from './management-options.ts'
import { readRates } from './read-rates.ts'

interface RatesListOptions {
  readonly model?: string
  readonly json?: true
}

/** `vendo rates list`: an operator's own rates, then the catalog's. */
export const addRatesList = (rates: Command, context: CliContext): void => {
  rates
    .command('list')
    .description('list the rates of an integration: those that an operator set, which come first, and the catalog')
    .argument('<integration>', 'such as anthropic')
    .option('--model <text>', 'only models whose name contains this')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo rates list anthropic --model haiku')
    .action((integration: string, options: RatesListOptions) => printRates(context, integration, options))
}

const printRates = async (
  context: CliContext,
  integration: string,
  { model = '', json }: RatesListOptions,
): Promise<void> => {
  const { rates, table } = await readRates(await openManagement(context), integration)
  const matches = (name: string): boolean => name.includes(model)
  const shown = {
    rates: rates.filter((rate) => matches(rate.model)),
    table: table.filter((listed) => matches(listed.model) || listed.aliases.some(matches)),
  }
  context.output.write(json === true ? jsonText(shown) : tableOf(shown))
}

const mainMeters = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'] as const

const tableOf = ({ rates, table }: RatesResponse): string => {
  const columns = [
    ...['model', 'for', 'since'].map((title) => ({ title })),
    ...['input', 'cache read', 'write 5m', 'write 1h', 'output'].map((title) => ({ title, align: 'right' as const })),
    ...['others', 'context', 'set by'].map((title) => ({ title })),
  ]
  const set = rates.map((rate) => [
    ...[printable(rate.model), 'all', rate.effective_from],
    ...pricesOf(rate.rates),
    ...[formatCount(rate.context_window), 'operator'],
  ])
  const listed = table.flatMap((model) =>
    model.price_lists.map((list) => [
      ...[printable(model.model), conditionsOf(list), list.effective_from],
      ...pricesOf(list.rates),
      ...[formatCount(model.context_window), 'catalog'],
    ]),
  )
  return formatTable(columns, [...set, ...listed])
}

const pricesOf = (rates: Readonly<Record<string, string>>): readonly string[] => {
  const others = Object.entries(rates).filter(([meter]) => !mainMeters.some((main) => main === meter))
  return [
    ...mainMeters.map((meter) => (rates[meter] === undefined ? '' : `$${rates[meter]}`)),
    others.map(([meter, price]) => `${meter} $${price}`).join(', '),
  ]
}

const conditionsOf = (list: ListedModel['price_lists'][number]): string => {
  const { tier, speed, region, input_above: inputAbove, effective_until: until } = list
  const words = [
    ...[tier, speed, region].filter((word) => word !== undefined),
    ...(inputAbove === undefined ? [] : [`input above ${formatCount(inputAbove)}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ]
  return words.length === 0 ? 'standard' : words.join(', ')
}
