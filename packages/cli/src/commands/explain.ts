import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openSdk } from '../env/inject-sdk.ts'
import { formatTable } from '../terminal/format-table.ts'
import { paintFor } from '../terminal/paint.ts'
import { jsonText } from './management-options.ts'

/** `vendo explain`: why an app here gets the credential it gets. */
export const addExplain = (program: Command, context: CliContext): void => {
  program
    .command('explain')
    .description('say which source gives the credential of an integration, and why the others do not')
    .argument('<slug>', 'an integration, such as anthropic')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo explain anthropic')
    .action(async (slug: string, { json }: { readonly json?: true }) => {
      const explanation = await (await openSdk(context)).explain(slug)
      const { mode, source, sources, invalidation, problem } = explanation
      if (json === true) {
        const code = problem === null ? null : problem.code
        context.output.write(jsonText({ slug, mode, source, sources, invalidation, problem: code }))
      } else {
        const { green, dim } = paintFor(context, context.output)
        const rows = sources.map(({ source: name, won, reason }) =>
          won ? [green('>'), green(name), reason] : [' ', name, dim(reason)],
        )
        const columns = [{ title: '' }, { title: 'source' }, { title: 'what it says' }]
        context.output.write(formatTable(columns, rows))
        context.output.write(`\n${source === null ? 'Nothing has it.' : invalidation}\n`)
      }
      if (problem !== null) throw problem
    })
}
