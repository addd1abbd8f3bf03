import type { Nanos } from '@vendo/contract'
import type { CallResponse, LedgerReportResponse } from '@vendo/contract/api'
import { callRows, columnCount, costOf, nameOf, type RowStyle, titleRow, usesOwnKey } from './bill-rows.ts'
import { alignColumns, type Row } from './columns.ts'
import { formatCount, formatDuration, formatUsd, placesOf } from './format-amount.ts'
import { createInk, type Ink, type Tone } from './ink.ts'

/** What {@link renderBill} prints. */
export interface Bill {
  readonly title: string
  readonly calls: readonly CallResponse[]
  /** Escapes and line-drawing characters; without it the bill is plain ASCII. */
  readonly colour: boolean
  /** Columns of the output; default 80. From 100 on the list price has a column of its own. */
  readonly width?: number
  /** Says that no provider was called. */
  readonly simulated?: boolean
  /** The cap of this run. */
  readonly budgetNanos?: Nanos
  readonly balanceBefore?: Nanos
  readonly balanceAfter?: Nanos
  readonly ledger?: LedgerReportResponse
}

const wideColumns = 100

/**
 * The bill of some calls as text that ends with a line break: per call and token class the quantity, rate, margin and
 * amount, then the total, what caching saved, the slowest call, and where given the budget, the balance and the ledger's
 * verdict. Money is exact to the nano-USD; every amount of a bill has as many decimals as the longest. Pure.
 */
export const renderBill = (bill: Bill): string => {
  const { calls, width = 80 } = bill
  const ink = createInk(bill.colour)
  const style: RowStyle = { ink, places: placesOf(amountsOf(calls)), showList: width >= wideColumns }
  const rows = calls.flatMap((call, index) => [...callRows(call, index + 1, style), { kind: 'blank' } as const])
  const table = alignColumns({
    rows: calls.length === 0 ? [] : [titleRow(style), ...rows, totalRow(calls, style)],
    columns: columnCount(style),
    width,
    ink,
  })
  const span = Math.max(table.width, 60)
  const body = calls.length === 0 ? ['No call was made.'] : underlineTotal(table.lines, span, ink)
  const lines = [
    title(bill, span, ink),
    ink.paint('faint', ink.rule.repeat(span)),
    ...body,
    ...summary(bill, width, ink),
  ]
  return `${lines.join('\n')}\n`
}

const amountsOf = (calls: readonly CallResponse[]): readonly Nanos[] => [
  ...calls.map(costOf),
  sumOf(calls, costOf),
  ...calls.flatMap(({ lines }) => lines.flatMap((line) => [BigInt(line.charge_nanos), BigInt(line.list_nanos ?? 0)])),
]

const title = ({ title, simulated = false }: Bill, span: number, ink: Ink): string => {
  const name = ink.clean(title)
  if (!simulated) return ink.paint('strong', name)
  const mark = 'SIMULATED: no provider was called'
  return (
    ink.paint('strong', name) + ' '.repeat(Math.max(2, span - name.length - mark.length)) + ink.paint('warning', mark)
  )
}

const totalRow = (calls: readonly CallResponse[], { places }: RowStyle): Row => ({
  kind: 'heading',
  text: `total of ${counted(calls.length, 'call')}`,
  tone: 'strong',
  last: { text: formatUsd(sumOf(calls, costOf), places), tone: 'strong' },
})

const underlineTotal = (lines: readonly string[], span: number, ink: Ink): readonly string[] => [
  ...lines.slice(0, -2),
  ink.paint('faint', ink.doubleRule.repeat(span)),
  ...lines.slice(-1),
]

const summary = (bill: Bill, width: number, ink: Ink): readonly string[] => {
  const facts = [
    ...ownKeyFact(bill.calls),
    ...savingFact(bill.calls),
    ...slowestFact(bill.calls),
    ...budgetFact(bill),
    ...balanceFact(bill, ink),
    ...ledgerFact(bill.ledger),
  ]
  const indent = Math.max(0, ...facts.map(({ name }) => name.length)) + 2
  return facts.flatMap(({ name, text, tone = 'plain' }) =>
    wrap(ink.clean(text), width - indent).map(
      (line, index) => ink.paint('faint', (index === 0 ? name : '').padEnd(indent)) + ink.paint(tone, line),
    ),
  )
}

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(...cut(word, width))
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

const cut = (word: string, width: number): readonly string[] =>
  Array.from({ length: Math.ceil(word.length / width) }, (_, part) => word.slice(part * width, (part + 1) * width))

interface Fact {
  readonly name: string
  readonly text: string
  readonly tone?: Tone
}

const ownKeyFact = (calls: readonly CallResponse[]): readonly Fact[] => {
  const own = calls.filter(usesOwnKey)
  if (own.length === 0) return []
  const text = `${formatUsd(sumOf(own, costOf))} of it is list price on your own keys: your provider bills it, Vendo charges nothing`
  return [{ name: 'own keys', text }]
}

const savingFact = (calls: readonly CallResponse[]): readonly Fact[] => {
  const saved = sumOf(calls, (call) => BigInt(call.cache_savings_nanos ?? 0))
  if (saved === 0n) return []
  return saved > 0n
    ? [{ name: 'caching', text: `saved ${formatUsd(saved)} at list price`, tone: 'good' }]
    : [
        {
          name: 'caching',
          text: `cost ${formatUsd(-saved)} more: what was written was not read back yet`,
          tone: 'warning',
        },
      ]
}

const slowestFact = (calls: readonly CallResponse[]): readonly Fact[] => {
  const timed = calls.flatMap((call, index) =>
    call.duration_ms === null ? [] : [{ call, index, ms: call.duration_ms }],
  )
  const slowest = timed.reduce<(typeof timed)[number] | undefined>(
    (worst, candidate) => (worst === undefined || candidate.ms > worst.ms ? candidate : worst),
    undefined,
  )
  if (slowest === undefined || calls.length < 2) return []
  const { call, index, ms } = slowest
  const first = call.ttfb_ms === null ? '' : `, first byte after ${formatDuration(call.ttfb_ms)}`
  return [{ name: 'slowest', text: `call ${index + 1} (${nameOf(call)}) took ${formatDuration(ms)}${first}` }]
}

const budgetFact = ({ calls, budgetNanos }: Bill): readonly Fact[] => {
  if (budgetNanos === undefined) return []
  const spent = sumOf(calls, costOf)
  const left = budgetNanos - spent
  const text = left < 0n ? `exceeded by ${formatUsd(-left)}` : `${formatUsd(left)} left`
  return [{ name: 'budget', text: `${formatUsd(budgetNanos)}, ${text}`, tone: left < 0n ? 'warning' : 'plain' }]
}

const balanceFact = ({ balanceBefore, balanceAfter }: Bill, ink: Ink): readonly Fact[] => {
  if (balanceAfter === undefined) return []
  const places = placesOf([balanceAfter, ...(balanceBefore === undefined ? [] : [balanceBefore])])
  const before = balanceBefore === undefined ? '' : formatUsd(balanceBefore, places) + ink.arrow
  return [{ name: 'balance', text: before + formatUsd(balanceAfter, places) }]
}

const ledgerFact = (ledger: LedgerReportResponse | undefined): readonly Fact[] => {
  if (ledger === undefined) return []
  const { accounts, rows, open_holds: holds } = ledger.checked
  const checked = `${counted(rows, 'row')} in ${counted(accounts, 'account')}, ${counted(holds, 'open hold')}`
  return ledger.ok
    ? [{ name: 'ledger', text: `verified: every balance equals the sum of its rows (${checked})`, tone: 'good' }]
    : [{ name: 'ledger', text: `NOT verified: ${ledger.problems.join('; ')} (${checked})`, tone: 'warning' }]
}

const counted = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`

const sumOf = (calls: readonly CallResponse[], amountOf: (call: CallResponse) => Nanos): Nanos =>
  calls.reduce((total, call) => total + amountOf(call), 0n)
