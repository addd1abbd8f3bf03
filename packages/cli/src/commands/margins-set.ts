import { marginSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import { formatMargin } from '../bill/format-amount.ts'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { jsonText } from './management-options.ts'
import { addMarginScope, describeScope, type MarginScopeOptions, scopeOf } from './margin-scope.ts'

interface MarginsSetOptions extends MarginScopeOptions {
  readonly from?: string
  readonly note?: string
  readonly json?: true
}

/** `vendo margins set`: from now on or from later; the margin of exactly that scope. */
export const addMarginsSet = (margins: Command, context: CliContext): void => {
  const set = margins
    .command('set')
    .description('set the margin of a scope: a fraction on top of list price, down to -1; the narrowest scope wins')
    .argument('<fraction>', 'such as 0.2 for 20 %; write -0.1 as -- -0.1, behind the options')
  addMarginScope(set)
    .option('--from <instant>', 'when it takes effect, such as 2027-01-01T00:00:00Z; default: now')
    .option('--note <text>', 'why, for the history')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo margins set 0.2 --integration openai --model gpt-4o')
    .action((fraction: string, options: MarginsSetOptions) => setMargin(context, fraction, options))
}

const setMargin = async (context: CliContext, fraction: string, options: MarginsSetOptions): Promise<void> => {
  const { from, note, json } = options
  const { client } = await openManagement(context)
  const margin = await client.send({
    method: 'POST',
    path: '/api/margins',
    body: {
      ...scopeOf(options),
      margin: fraction,
      ...(from !== undefined && { effective_from: from }),
      ...(note !== undefined && { note }),
    },
    parse: (body) => marginSchema.parse(body),
  })
  if (json === true) context.output.write(jsonText(margin))
  else {
    const percent = formatMargin(margin.margin ?? '0')
    context.output.write(`${describeScope(margin)}: list price ${percent} from ${margin.effective_from} on.\n`)
  }
}
