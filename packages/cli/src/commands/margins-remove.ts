import { marginsSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import { formatMargin } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { jsonText } from './management-options.ts'
import { addMarginScope, describeScope, type MarginScopeOptions, scopeOf } from './margin-scope.ts'

interface MarginsRemoveOptions extends MarginScopeOptions {
  readonly json?: true
}

/** `vendo margins remove`: the next wider margin takes its place, in the end list price. */
export const addMarginsRemove = (margins: Command, context: CliContext): void => {
  const remove = margins
    .command('remove')
    .description('end the margin of exactly this scope, and those of it that were to come; the history stays')
  addMarginScope(remove)
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo margins remove --tenant ten_abc')
    .action((options: MarginsRemoveOptions) => removeMargin(context, options))
}

const removeMargin = async (context: CliContext, options: MarginsRemoveOptions): Promise<void> => {
  const scope = scopeOf(options)
  const { client } = await openManagement(context)
  const removed = await client.send({
    method: 'DELETE',
    path: '/api/margins',
    query: scope,
    parse: (body) => marginsSchema.parse(body),
  })
  if (options.json === true) {
    context.output.write(jsonText(removed))
    return
  }
  for (const { margin, state } of removed.margins) {
    const kind = state === 'scheduled' ? 'the scheduled margin of' : 'the margin of'
    context.output.write(`${describeScope(scope)}: removed ${kind} ${formatMargin(margin ?? '0')}.\n`)
  }
}
