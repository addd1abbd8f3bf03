import { usdFromNanos } from '@vendo/contract'
import type { CallResponse } from '@vendo/contract/api'
import { costOf } from '../bill/bill-rows.ts'
import { renderBill } from '../bill/render-bill.ts'
import type { CliContext } from '../context.ts'
import { paintFor, wantsColour } from '../terminal/paint.ts'
import { summarizeCalls } from './summarize-calls.ts'

/** What a run ended with. */
export interface RunBill {
  readonly calls: readonly CallResponse[]
  readonly exitCode: number
  readonly simulated: boolean
  readonly budgetNanos?: bigint
  readonly json: boolean
}

/** From here on the bill adds up by model; `--json` has every call. */
const mostDetailed = 12

/** Prints the bill of a run on stderr, because stdout belongs to the command. */
export const writeBill = (context: CliContext, bill: RunBill): void => {
  const { errors } = context
  if (bill.json) {
    errors.write(`${JSON.stringify(billDocument(bill))}\n`)
    return
  }
  const { calls, simulated, budgetNanos } = bill
  if (calls.length > mostDetailed) {
    errors.write(`\n${summarizeCalls(bill, paintFor(context, errors))}`)
    return
  }
  const width = errors.columns
  const text = renderBill({
    title: 'vendo run',
    calls,
    simulated,
    colour: wantsColour(context, errors),
    ...(width !== undefined && width > 0 && { width }),
    ...(budgetNanos !== undefined && { budgetNanos }),
  })
  errors.write(`\n${text}`)
}

const billDocument = ({ calls, exitCode, simulated, budgetNanos }: RunBill) => {
  const total = calls.reduce((sum, call) => sum + costOf(call), 0n)
  const saved = calls.reduce((sum, call) => sum + BigInt(call.cache_savings_nanos ?? 0), 0n)
  return {
    exit_code: exitCode,
    simulated,
    budget_usd: budgetNanos === undefined ? null : usdFromNanos(budgetNanos),
    total_nanos: String(total),
    total_usd: usdFromNanos(total),
    cache_savings_nanos: String(saved),
    calls,
  }
}
