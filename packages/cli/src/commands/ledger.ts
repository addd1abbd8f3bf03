import { ledgerReportSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { paintFor } from '../terminal/paint.ts'
import { jsonText } from './management-options.ts'

/** `vendo ledger`: the ledger's own audit. */
export const addLedger = (program: Command, context: CliContext): void => {
  program
    .command('ledger')
    .description('audit the ledger')
    .command('verify')
    .description('recompute every balance from the rows; exit code 1 when something is wrong')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo ledger verify')
    .action((options: { readonly json?: true }) => verifyLedger(context, options))
}

const verifyLedger = async (context: CliContext, { json }: { readonly json?: true }): Promise<void> => {
  const { client } = await openManagement(context)
  const report = await client.send({ path: '/api/ledger/verify', parse: (body) => ledgerReportSchema.parse(body) })
  const { ok, checked, problems } = report
  if (!ok) context.exit(1)
  if (json === true) {
    context.output.write(jsonText(report))
    return
  }
  const { green, red } = paintFor(context, context.output)
  const counts = `${checked.rows} rows, ${checked.accounts} accounts, ${checked.open_holds} open holds`
  context.output.write(`${ok ? green('The ledger verifies') : red('The ledger does not verify')}: ${counts}.\n`)
  for (const problem of problems) context.output.write(`  ${problem}\n`)
}
