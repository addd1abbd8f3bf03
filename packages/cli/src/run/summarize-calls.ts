import { usdFromNanos } from '@vendo/contract'
import type { CallResponse } from '@vendo/contract/api'
import { costOf, usesOwnKey } from '../bill/bill-rows.ts'
import { formatUsd, placesOf } from '../bill/format-amount.ts'
import { formatTable } from '../terminal/format-table.ts'
import type { Paint } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'

/** The calls of a run that made many. */
export interface ManyCalls {
  readonly calls: readonly CallResponse[]
  readonly simulated: boolean
  readonly budgetNanos?: bigint
}

interface Sum {
  calls: number
  input: number
  cached: number
  output: number
  costNanos: bigint
}

/** The bill of a run added up by model: tokens by class, total, what caching saved, the slowest call. Pure. */
export const summarizeCalls = ({ calls, simulated, budgetNanos }: ManyCalls, paint: Paint): string => {
  const sums = new Map<string, Sum>()
  for (const call of calls) addTo(sums, `${call.integration} ${call.served_model ?? call.model ?? call.route}`, call)
  for (const call of calls) addTo(sums, 'total', call)
  const titles = ['calls', 'input', 'of it cached', 'output', 'amount']
  const columns = [{ title: '' }, ...titles.map((title) => ({ title, align: 'right' as const }))]
  const places = placesOf([...sums.values()].map(({ costNanos }) => costNanos))
  const rows = [...sums].map(([name, sum]) => [
    printable(name),
    ...[sum.calls, sum.input, sum.cached, sum.output].map((count) => count.toLocaleString('en-US')),
    formatUsd(sum.costNanos, places),
  ])
  const mark = simulated ? `  ${paint.yellow('SIMULATED: no provider was called')}` : ''
  return `${paint.bold('vendo run')}${mark}\n${formatTable(columns, rows)}\n${remarks(calls, budgetNanos).join('')}`
}

const inputMeters = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h']

const addTo = (sums: Map<string, Sum>, name: string, call: CallResponse): void => {
  const sum = sums.get(name) ?? { calls: 0, input: 0, cached: 0, output: 0, costNanos: 0n }
  sum.calls += 1
  for (const { meter, quantity } of call.lines) {
    if (inputMeters.includes(meter)) sum.input += quantity
    if (meter === 'cache_read') sum.cached += quantity
    if (meter === 'output') sum.output += quantity
  }
  sum.costNanos += costOf(call)
  sums.set(name, sum)
}

const remarks = (calls: readonly CallResponse[], budgetNanos: bigint | undefined): readonly string[] => {
  const saved = calls.reduce((sum, call) => sum + BigInt(call.cache_savings_nanos ?? 0), 0n)
  const slowest = calls.reduce((slow, call) => ((call.duration_ms ?? 0) > (slow.duration_ms ?? 0) ? call : slow))
  const estimated = calls.filter(({ state }) => state === 'estimated').length
  const own = calls.filter(usesOwnKey).length
  const open = calls.filter(({ state }) => state === 'open').length
  const model = printable(slowest.served_model ?? slowest.model ?? slowest.route)
  return [
    ...(saved === 0n ? [] : [`caching saved  $${usdFromNanos(saved)} of list price\n`]),
    `slowest call   ${((slowest.duration_ms ?? 0) / 1000).toFixed(1)} s, ${model}\n`,
    ...(estimated === 0 ? [] : [`estimated      ${estimated} of the calls, which broke off\n`]),
    ...(open === 0 ? [] : [`not yet billed ${open} of the calls, which still run\n`]),
    ...(own === 0 ? [] : [`own keys       ${own} of the calls are at list price: your provider bills them\n`]),
    ...(budgetNanos === undefined ? [] : [`budget         $${usdFromNanos(budgetNanos)}\n`]),
  ]
}
