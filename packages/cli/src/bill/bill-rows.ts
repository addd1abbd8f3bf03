import type { Nanos } from '@vendo/contract'
import type { CallResponse, ChargeLineResponse } from '@vendo/contract/api'
import type { Cell, Row } from './columns.ts'
import { formatCount, formatDuration, formatMargin, formatRate, formatUsd } from './format-amount.ts'
import type { Ink } from './ink.ts'

/** How the rows of a bill are written. */
export interface RowStyle {
  readonly ink: Ink
  /** Decimal places of every amount. */
  readonly places: number
  /** Whether there is room for the list price beside the amount. */
  readonly showList: boolean
}

const perUse: ReadonlySet<string> = new Set([
  'web_search',
  'web_fetch',
  'code_execution',
  'file_search',
  'image_generation',
])

/** The tenant's own credential served this call: the provider bills it, and the wallet pays nothing. */
export const usesOwnKey = (call: CallResponse): boolean =>
  // A call that was given back charges nothing either.
  BigInt(call.charge_nanos) === 0n && listOf(call) > 0n && !call.flags.includes('refunded')

/** What a call costs whoever pays for it: the charge, or with an own key the provider's list price. */
export const costOf = (call: CallResponse): Nanos => (usesOwnKey(call) ? listOf(call) : BigInt(call.charge_nanos))

const listOf = (call: CallResponse): Nanos => BigInt(call.list_nanos ?? 0)

/** The column titles. */
export const titleRow = ({ showList }: RowStyle): Row => ({
  kind: 'cells',
  cells: ['', 'quantity', 'rate', ...(showList ? ['list'] : []), 'margin', 'amount', 'call'].map(faint),
})

/** Cells of a row. */
export const columnCount = ({ showList }: RowStyle): number => (showList ? 7 : 6)

/** One call: its heading with what it costs, remarks if there are any, then a line per meter. */
export const callRows = (call: CallResponse, position: number, style: RowStyle): readonly Row[] => {
  const { ink, places } = style
  const heading: Row = {
    kind: 'heading',
    text: `${position} ${describeCall(call, ink)}`,
    tone: 'strong',
    last: { text: call.state === 'open' ? 'running' : formatUsd(costOf(call), places), tone: 'strong' },
  }
  const lines = call.lines.map((line) => lineRow(line, usesOwnKey(call), style))
  return [heading, ...remarkRows(call, ink), ...unpricedRows(call, style), ...lines]
}

/** What was counted but has no price of its own, because the provider reports the cost of the whole call. */
const unpricedRows = ({ lines, quantities }: CallResponse, { ink, showList }: RowStyle): readonly Row[] => {
  if (!lines.some(({ meter }) => meter === 'request')) return []
  return Object.entries(quantities)
    .filter(([meter, quantity]) => quantity > 0 && !lines.some((line) => line.meter === meter))
    .map(([meter, quantity]) => ({
      kind: 'cells',
      cells: [
        `  ${ink.clean(meter.replaceAll('_', ' '))}`,
        formatCount(quantity),
        faint('in the call'),
        ...(showList ? [''] : []),
        '',
        '',
      ],
    }))
}

const describeCall = (call: CallResponse, ink: Ink): string =>
  [
    nameOf(call),
    ...(call.streamed ? ['streamed'] : []),
    ...(call.duration_ms === null ? [] : [formatDuration(call.duration_ms)]),
    ...(call.reasoning_tokens === null || call.reasoning_tokens === 0
      ? []
      : [`${formatCount(call.reasoning_tokens)} reasoning`]),
    ...(usesOwnKey(call) ? ['own key'] : []),
  ]
    .map((part) => ink.clean(part))
    .join(ink.dot)

const remarkRows = (call: CallResponse, ink: Ink): readonly Row[] => {
  const remarks = remarksOf(call).map((remark) => ink.clean(remark))
  return remarks.length === 0
    ? []
    : [{ kind: 'heading', text: `  ${remarks.join(ink.dot)}`, tone: 'warning', last: '' }]
}

/** Integration and model; for free routes the path instead. */
export const nameOf = ({ integration, model, served_model: served, route }: CallResponse): string =>
  `${integration} ${served ?? model ?? route}`

const remarksOf = (call: CallResponse): readonly string[] => [
  ...(call.upstream_status !== null && call.upstream_status >= 400 ? [`refused with ${call.upstream_status}`] : []),
  ...(call.state === 'estimated' ? [`estimated (${call.reason ?? 'unknown'})`] : []),
  ...(call.state === 'released' ? [call.reason === 'upload_incomplete' ? 'upload incomplete' : 'not dispatched'] : []),
  ...call.flags,
]

const lineRow = (line: ChargeLineResponse, ownKey: boolean, { ink, places, showList }: RowStyle): Row => {
  // A tenant that is not transparent sees what it pays, and neither rate nor margin.
  const list = line.list_nanos === null ? '' : formatUsd(BigInt(line.list_nanos), places)
  return {
    kind: 'cells',
    cells: [
      `  ${ink.clean(line.meter.replaceAll('_', ' '))}`,
      formatCount(line.quantity),
      line.rate_usd === null ? '' : faint(formatRate(line.rate_usd) + unitOf(line.meter)),
      ...(showList ? [faint(list)] : []),
      ownKey ? faint('none') : line.margin === null ? '' : faint(formatMargin(line.margin)),
      ownKey ? list : formatUsd(BigInt(line.charge_nanos), places),
    ],
  }
}

const unitOf = (meter: string): string => {
  if (meter === 'request') return '/call'
  if (meter === 'audio_second') return '/s'
  return perUse.has(meter) ? '/use' : '/M'
}

const faint = (text: string): Cell => ({ text, tone: 'faint' })
