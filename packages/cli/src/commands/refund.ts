import { randomUUID } from 'node:crypto'
import { usdFromNanos } from '@vendo/contract'
import { refundResponseSchema } from '@vendo/contract/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openManagement } from '../http/open-management.ts'
import { parseUsd } from '../terminal/parse-usd.ts'
import { jsonText } from './management-options.ts'

interface RefundOptions {
  readonly amount?: string
  readonly reason: string
  readonly json?: true
}

/** `vendo refund`: gives back what an estimate charged. */
export const addRefund = (program: Command, context: CliContext): void => {
  program
    .command('refund')
    .description('give back what a call charged that was estimated, not measured: once per call')
    .argument('<call>', 'the id of a call, as `vendo usage --lines` shows it')
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('--amount <usd>', 'default: all of it', parseUsd)
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo refund attempt_abc123 --reason "provider outage"')
    .action((call: string, options: RefundOptions) => giveBack(context, call, options))
}

const giveBack = async (context: CliContext, call: string, { amount, reason, json }: RefundOptions): Promise<void> => {
  const { client } = await openManagement(context)
  const answer = await client.send({
    method: 'POST',
    path: `/api/calls/${encodeURIComponent(call)}/refund`,
    headers: { 'idempotency-key': randomUUID() },
    body: { reason, ...(amount !== undefined && { amount_usd: amount }) },
    parse: (body) => refundResponseSchema.parse(body),
  })
  if (json === true) {
    context.output.write(jsonText(answer))
    return
  }
  const usdOf = (nanos: string): string => `$${usdFromNanos(BigInt(nanos))}`
  const back = `Gave back ${usdOf(answer.refunded_nanos)} of ${answer.call_id}, which now charges ${usdOf(answer.charge_nanos)}`
  context.output.write(`${back}; ${usdOf(answer.uncapped_nanos)} less counts against its caps.\n`)
}
