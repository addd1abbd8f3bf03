import { type MarginResponse, marginsSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import { formatMargin } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { formatTable } from '../terminal/format-table.ts'
import { printable } from '../terminal/printable.ts'
import { jsonText } from './management-options.ts'
import { describeScope } from './margin-scope.ts'

interface MarginsListOptions {
  readonly history?: true
  readonly json?: true
}

/** `vendo margins list`: those in force and those to come; with `--history` all there ever were. */
export const addMarginsList = (margins: Command, context: CliContext): void => {
  margins
    .command('list')
    .description('list the margins; what none covers is charged at list price')
    .option('--history', 'all there ever were')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo margins list --history')
    .action((options: MarginsListOptions) => printMargins(context, options))
}

const printMargins = async (context: CliContext, { history, json }: MarginsListOptions): Promise<void> => {
  const { client } = await openManagement(context)
  const listed = await client.send({
    path: '/api/margins',
    query: { history: history === true ? 'true' : undefined },
    parse: (body) => marginsSchema.parse(body),
  })
  if (json === true) context.output.write(jsonText(listed))
  else if (listed.margins.length === 0) context.output.write('No margin is set: every call is charged at list price.\n')
  else context.output.write(tableOf(listed.margins))
}

const states = { in_force: 'in force', scheduled: 'scheduled', past: 'past' } as const

const tableOf = (margins: readonly MarginResponse[]): string => {
  const titles = ['margin', 'state', 'from', 'set by', 'note']
  const columns = [{ title: 'for' }, ...titles.map((title) => ({ title }))]
  return formatTable(
    columns,
    margins.map((each) => [
      describeScope(each),
      each.margin === null ? 'ends' : formatMargin(each.margin),
      states[each.state],
      each.effective_from,
      printable(each.author_key_id ?? ''),
      printable(each.note),
    ]),
  )
}
