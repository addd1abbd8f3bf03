import { createInterface } from 'node:readline/promises'
import { type RateUpdateResponse, rateUpdateSchema } from '@vendo/contract/api'
import { type Command, Option } from 'commander'
import { formatCount } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { CliError } from '../terminal/cli-error.ts'
import { formatTable } from '../terminal/format-table.ts'
import { printable } from '../terminal/printable.ts'
import { fetchRateList } from './fetch-rate-list.ts'
import { jsonText } from './management-options.ts'
import { readRateFile } from './read-rate-file.ts'

interface RatesUpdateOptions {
  readonly from: string
  readonly format?: string
  readonly yes?: true
  readonly json?: true
}

const defaultSource = 'https://models.dev/api.json'

/** `vendo rates update`: shows what a published list of prices would change, asks, and takes it over. */
export const addRatesUpdate = (rates: Command, context: CliContext): void => {
  rates
    .command('update')
    .description('take over a published list of prices: shows what changes, and asks')
    .option('--from <file or url>', 'where the list is; https, this machine, or a file', defaultSource)
    .addOption(new Option('--format <shape>', 'default: found out').choices(['openrouter', 'litellm', 'models.dev']))
    .option('--yes', 'do not ask')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo rates update --from https://openrouter.ai/api/v1/models')
    .action((options: RatesUpdateOptions) => updateRates(context, options))
}

const updateRates = async (context: CliContext, { from, format, yes, json }: RatesUpdateOptions): Promise<void> => {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(from) ? await fetchRateList(from) : readRateFile(context.cwd, from)
  const { client } = await openManagement(context)
  const send = (apply: boolean): Promise<RateUpdateResponse> =>
    client.send({
      method: 'POST',
      path: '/api/rates/update',
      body: { text, source: from, apply, ...(format !== undefined && { format }) },
      parse: (body) => rateUpdateSchema.parse(body),
    })
  const planned = await send(false)
  if (json !== true) showPlan(context, planned)
  const wanted = planned.changes.length > 0 && (yes === true || (json !== true && (await confirms(context))))
  const report = wanted ? await send(true) : planned
  if (json === true) context.output.write(jsonText(report))
  else if (report.applied)
    context.output.write(`${formatCount(report.changes.length)} models have new rates, from ${from}.\n`)
  else context.output.write('Nothing was changed.\n')
}

const confirms = async ({ input, errors }: CliContext): Promise<boolean> => {
  if (input.isTTY !== true) throw new CliError('Nothing was changed: there is nobody to ask.', 'Give --yes.', 2)
  const terminal = createInterface({ input, output: errors as NodeJS.WritableStream })
  try {
    return /^y(es)?$/i.test((await terminal.question('Take these rates over? [y/N] ')).trim())
  } finally {
    terminal.close()
  }
}

const showPlan = ({ output, errors }: CliContext, plan: RateUpdateResponse): void => {
  const { changes, unchanged, skipped, ignored, elsewhere, format } = plan
  if (changes.length > 0) output.write(tableOf(changes))
  output.write(
    `${format}: ${formatCount(changes.length)} models change, ${formatCount(unchanged)} are as they were, ` +
      `${formatCount(skipped.length)} are skipped, ${formatCount(elsewhere)} belong to other providers.\n`,
  )
  for (const { model, reason } of skipped) errors.write(`vendo: skipped ${printable(model)}: ${printable(reason)}\n`)
  for (const [price, count] of Object.entries(ignored)) {
    errors.write(`vendo: ${formatCount(count)} models have a price for ${printable(price)}, which is not taken over\n`)
  }
}

const tableOf = (changes: RateUpdateResponse['changes']): string => {
  const columns = ['integration', 'model', 'rate', 'now', 'then'].map((title) => ({ title }))
  const rows = changes.flatMap(({ integration, model, before, rates }) =>
    Object.entries(rates)
      .filter(([meter, price]) => before?.[meter] !== price)
      .map(([meter, price]) => [
        printable(integration),
        printable(model),
        printable(meter),
        before?.[meter] === undefined ? '–' : `$${before[meter]}`,
        `$${price}`,
      ]),
  )
  return formatTable(columns, rows)
}
