import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { rateImportSchema } from '@vendo/contract/api'
import { Argument, type Command } from 'commander'
import { formatCount } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { CliError } from '../terminal/cli-error.ts'
import { printable } from '../terminal/printable.ts'
import { jsonText } from './management-options.ts'

interface RatesImportOptions {
  readonly file?: string
  readonly json?: true
}

/** `vendo rates import`: takes over a provider's own list. Fetches nothing itself. */
export const addRatesImport = (rates: Command, context: CliContext): void => {
  rates
    .command('import')
    .description("take over OpenRouter's own list of models and prices, from a file or standard input")
    .addArgument(new Argument('<integration>', 'whose list it is').choices(['openrouter']))
    .option('--file <path>', 'default: standard input')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  curl -s https://openrouter.ai/api/v1/models | vendo rates import openrouter')
    .action((integration: string, options: RatesImportOptions) => importRates(context, integration, options))
}

const importRates = async (context: CliContext, integration: string, options: RatesImportOptions): Promise<void> => {
  const list = parseList(options.file === undefined ? await readInput(context) : readList(context, options.file))
  const { client } = await openManagement(context)
  const report = await client.send({
    method: 'POST',
    path: `/api/rates/${integration}/import`,
    body: list,
    parse: (body) => rateImportSchema.parse(body),
  })
  if (options.json === true) {
    context.output.write(jsonText(report))
    return
  }
  const { imported, unchanged, skipped, ignored } = report
  context.output.write(`${formatCount(imported)} models have new rates, ${formatCount(unchanged)} are as they were.\n`)
  for (const { model, reason } of skipped) {
    context.errors.write(`vendo: skipped ${printable(model)}: ${printable(reason)}\n`)
  }
  for (const [price, count] of Object.entries(ignored)) {
    context.errors.write(
      `vendo: ${formatCount(count)} models have a price for ${printable(price)}, which is not metered\n`,
    )
  }
}

const readInput = async ({ input }: CliContext): Promise<string> => {
  if (input.isTTY === true) throw new CliError('Nothing was piped in.', 'Pipe the list in, or name it with --file.')
  let text = ''
  for await (const piece of input) text += String(piece)
  return text
}

const readList = ({ cwd }: CliContext, path: string): string => {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch {
    throw new CliError(`The file ${path} cannot be read.`)
  }
}

const parseList = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new CliError('The list is no JSON.', "It must be what OpenRouter's GET /api/v1/models answers.")
  }
}
