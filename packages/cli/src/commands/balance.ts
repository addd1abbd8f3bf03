import { usdFromNanos } from '@vendo/contract'
import { balanceSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { addManagementOptions, jsonText, type ManagementOptions } from './management-options.ts'

/** `vendo balance`: what is left in the wallet. */
export const addBalance = (program: Command, context: CliContext): void => {
  addManagementOptions(program.command('balance').description('print what is left in the wallet'))
    .addHelpText('after', '\nExample:\n  vendo balance --json')
    .action((options: ManagementOptions) => printBalance(context, options))
}

const printBalance = async (context: CliContext, { tenant, json }: ManagementOptions): Promise<void> => {
  const { client } = await openManagement(context)
  const balance = await client.send({
    path: '/api/billing/balance',
    query: { tenant },
    parse: (body) => balanceSchema.parse(body),
  })
  if (json === true) {
    context.output.write(jsonText(balance))
    return
  }
  const held = BigInt(balance.held_nanos)
  const running = held === 0n ? '' : ` ($${usdFromNanos(held)} more is held for running calls)`
  context.output.write(`$${usdFromNanos(BigInt(balance.credits_remaining_nanos))}${running}\n`)
}
