import { usdFromNanos } from '@vendo/contract'
import { type UsageResponse, usageSchema } from '@vendo/contract/api'
import { type Command, Option } from 'commander'
import { formatUsd, placesOf } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { CliError } from '../terminal/cli-error.ts'
import { formatCsv } from '../terminal/format-csv.ts'
import { formatTable } from '../terminal/format-table.ts'
import { printable } from '../terminal/printable.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'
import { writeLines } from './usage-lines.ts'

const groupings = ['model', 'day', 'app', 'key', 'integration'] as const
const periods = ['day', 'month', 'all'] as const
const formats = ['table', 'json', 'csv'] as const

interface UsageOptions extends ManagementOptions {
  readonly by: (typeof groupings)[number]
  readonly period: (typeof periods)[number]
  readonly format?: (typeof formats)[number]
  readonly lines?: true
  readonly key?: string
  readonly app?: string
}

/** `vendo usage`: what calls consumed and cost. */
export const addUsage = (program: Command, context: CliContext): void => {
  const usage = program
    .command('usage')
    .description('print what calls consumed and cost')
    .addOption(new Option('--by <group>', 'what to add up by').choices(groupings).default('model'))
    .addOption(
      new Option('--period <period>', 'the running UTC day or month, or all').choices(periods).default('month'),
    )
    .addOption(new Option('--format <format>', 'how to print it; default: table, for --lines csv').choices(formats))
  usage
    .option('--lines', 'every line item: one row per call and meter, instead of sums')
    .option('--key <id>', 'only calls of this key')
    .option('--app <id>', 'only calls of this app')
  addManagementOptions(usage)
    .addHelpText('after', '\nExample:\n  vendo usage --by day\n  vendo usage --lines --period month > lines.csv')
    .action((options: UsageOptions) => printUsage(context, options))
}

const printUsage = async (context: CliContext, options: UsageOptions): Promise<void> => {
  const { by, period, tenant, key: keyId, app: appId } = options
  const format = options.json === true ? 'json' : (options.format ?? (options.lines === true ? 'csv' : 'table'))
  if (options.lines === true && format === 'table') {
    throw new CliError('Line items are printed as csv or json.', 'Leave --format out, or use --format json.', 2)
  }
  const { client } = await openManagement(context)
  const usage = await client.send({
    path: '/api/billing/usage',
    query: { period, group_by: by, tenant, key_id: keyId, app_id: appId },
    parse: (body) => usageSchema.parse(body),
  })
  if (options.lines === true && format !== 'table') {
    await writeLines(context, client, { since: usage.from, keyId, appId, tenant, format })
    return
  }
  context.output.write(format === 'json' ? jsonText(usage) : format === 'csv' ? csvOf(usage) : tableOf(usage))
}

type Group = UsageResponse['groups'][number]

const inputMeters = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h']
const amounts = ['list_nanos', 'charge_nanos', 'cache_savings_nanos'] as const

const sumOf = (quantities: Group['quantities'], meters: readonly string[]): number =>
  meters.reduce((sum, meter) => sum + (quantities[meter] ?? 0), 0)

const tableOf = ({ group_by, groups, total }: UsageResponse): string => {
  const places = placesOf([...groups, total].flatMap((sums) => amounts.map((name) => BigInt(sums[name] ?? 0))))
  const usdOf = (sums: UsageResponse['total'] | Group) =>
    amounts.map((name) => {
      const nanos = sums[name]
      return nanos === null ? '' : formatUsd(BigInt(nanos), places)
    })
  const titles = ['calls', 'input', 'of it cached', 'output', 'list price', 'charged', 'caching saved']
  const rows = groups.map((group) => [
    printable(group.group),
    grouped(group.calls),
    grouped(sumOf(group.quantities, inputMeters)),
    grouped(sumOf(group.quantities, ['cache_read'])),
    grouped(sumOf(group.quantities, ['output'])),
    ...usdOf(group),
  ])
  const sums = ['total', grouped(total.calls), '', '', '', ...usdOf(total)]
  const columns = [{ title: group_by }, ...titles.map((title) => ({ title, align: 'right' as const }))]
  return formatTable(columns, [...rows, sums])
}

const grouped = (count: number): string => count.toLocaleString('en-US')

const csvOf = ({ group_by, groups }: UsageResponse): string => {
  const meters = [...new Set(groups.flatMap(({ quantities }) => Object.keys(quantities)))].sort()
  const head = [group_by, 'calls', ...meters, 'list_usd', 'charge_usd', 'cache_savings_usd']
  const rows = groups.map((group) => [
    group.group,
    String(group.calls),
    ...meters.map((meter) => String(group.quantities[meter] ?? 0)),
    ...amounts.map((name) => {
      const nanos = group[name]
      return nanos === null ? '' : usdFromNanos(BigInt(nanos))
    }),
  ])
  return formatCsv([head, ...rows])
}
