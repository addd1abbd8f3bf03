import { randomUUID } from 'node:crypto'
import { usdFromNanos } from '@vendo/contract'
import { topUpResponseSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { parseUsd } from '../terminal/parse-usd.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

interface TopUpOptions extends ManagementOptions {
  readonly note?: string
}

/** `vendo topup`: adds credit to the wallet. */
export const addTopUp = (program: Command, context: CliContext): void => {
  const topUp = program
    .command('topup')
    .description('add credit to the wallet')
    .argument('<usd>', 'an amount such as 25 or 12.50', parseUsd)
    .option('--note <text>', 'what it is for')
  addManagementOptions(topUp)
    .addHelpText('after', '\nExample:\n  vendo topup 25 --note "invoice 42"')
    .action((usd: string, options: TopUpOptions) => addCredit(context, usd, options))
}

const addCredit = async (context: CliContext, usd: string, { note, tenant, json }: TopUpOptions): Promise<void> => {
  const { client } = await openManagement(context)
  const answer = await client.send({
    method: 'POST',
    path: '/api/billing/topups',
    query: { tenant },
    headers: { 'idempotency-key': randomUUID() },
    body: { amount_usd: usd, ...(note !== undefined && { note }) },
    parse: (body) => topUpResponseSchema.parse(body),
  })
  if (json === true) {
    context.output.write(jsonText(answer))
    return
  }
  const added = usdFromNanos(BigInt(answer.amount_nanos))
  const left = usdFromNanos(BigInt(answer.balance.credits_remaining_nanos))
  context.output.write(`Added $${added}. The balance is $${left}.\n`)
}
