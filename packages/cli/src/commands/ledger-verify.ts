import { resolve } from 'node:path'
import { type LedgerReportResponse, ledgerReportSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { loadBroker } from '../local/load-broker.ts'
import { paintFor } from '../terminal/paint.ts'
import { jsonText } from './management-options.ts'

interface VerifyOptions {
  readonly file?: string
  readonly json?: true
}

/** `vendo ledger verify`: the audit of a running broker's ledger, or of a file. */
export const addVerify = (ledger: Command, context: CliContext): void => {
  ledger
    .command('verify')
    .description('recompute every balance from the rows; exit code 1 when something is wrong')
    .option('--file <path>', 'a SQLite store, such as a backup, without a broker; nothing in it changes')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo ledger verify')
    .action((options: VerifyOptions) => verifyLedger(context, options))
}

const verifyLedger = async (context: CliContext, { file, json }: VerifyOptions): Promise<void> => {
  const report = file === undefined ? await askBroker(context) : await readFile(resolve(context.cwd, file))
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

const askBroker = async (context: CliContext): Promise<LedgerReportResponse> => {
  const { client } = await openManagement(context)
  return await client.send({ path: '/api/ledger/verify', parse: (body) => ledgerReportSchema.parse(body) })
}

const readFile = async (path: string): Promise<LedgerReportResponse> => {
  const broker = await loadBroker()
  const { ok, rows, accounts, openHolds, problems } = await broker.verifySqliteFile(path)
  return { ok, checked: { rows, accounts, open_holds: openHolds }, problems: [...problems] }
}
