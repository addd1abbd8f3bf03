import type { CallRecord } from '../records.ts'
import {
  bigintOf,
  jsonOf,
  numberOf,
  numberOrNull,
  type Sql,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
} from '../sql.ts'
import { linesOf } from './charge-lines.ts'
import { quantitiesOf, quantityColumns } from './quantity-columns.ts'

const holdColumns = [
  ...['attempt_id', 'request_id', 'tenant_id', 'key_id', 'app_id', 'connection_id', 'integration', 'route', 'model'],
  ...['streamed', 'spend_nanos', 'admitted_at'],
]
// What a correction states anew, for display.
const statedColumns = [
  ...['state', 'reason', 'flags', 'lines', 'reasoning_tokens', 'served_model', 'response_id', 'upstream_status'],
  ...['ttfb_micros', 'duration_micros', 'settled_at'],
]
// What a correction adds to.
const summedColumns = ['wallet_nanos', 'spend_nanos', 'list_nanos', 'cache_savings_nanos', 'tokens', ...quantityColumns]

const aliased = (table: string, prefix: string, columns: readonly string[]): string =>
  columns.map((column) => `${table}.${column} AS ${prefix}${column}`).join(', ')

const select = `SELECT ${aliased('h', 'hold_', holdColumns)},
  ${aliased('t', 'terminal_', statedColumns)}, ${aliased('c', 'correction_', statedColumns)},
  ${summedColumns.map((column) => `COALESCE(t.${column} + COALESCE(c.${column}, 0), c.${column}) AS ${column}`).join(', ')}
  FROM holds h
  LEFT JOIN ledger_rows t ON t.attempt_id = h.attempt_id AND t.kind = 'terminal'
  LEFT JOIN ledger_rows c ON c.attempt_id = h.attempt_id AND c.kind = 'correction'`

/** Calls with everything the ledger knows of them. `rest` starts with WHERE and may use the tables h, t and c. */
export const selectCalls = async (sql: Sql, rest: string, params: readonly SqlValue[]): Promise<CallRecord[]> =>
  (await sql.all(`${select} ${rest}`, params)).map(readCall)

const readCall = (row: SqlRow): CallRecord => ({
  attemptId: textOf(row, 'hold_attempt_id'),
  requestId: textOf(row, 'hold_request_id'),
  tenantId: textOf(row, 'hold_tenant_id'),
  keyId: textOf(row, 'hold_key_id'),
  appId: textOrNull(row, 'hold_app_id'),
  connectionId: textOf(row, 'hold_connection_id'),
  integration: textOf(row, 'hold_integration'),
  route: textOf(row, 'hold_route'),
  model: textOrNull(row, 'hold_model'),
  streamed: numberOf(row, 'hold_streamed') === 1,
  holdNanos: bigintOf(row, 'hold_spend_nanos'),
  admittedAt: numberOf(row, 'hold_admitted_at'),
  ...(row['terminal_state'] === null ? unsettled : settled(row)),
})

type Outcome = Omit<CallRecord, Extract<keyof CallRecord, `${string}Id` | 'admittedAt' | 'holdNanos' | 'streamed'>>
type SettledPart = Omit<Outcome, 'integration' | 'route' | 'model'> & Pick<CallRecord, 'responseId'>

const unsettled: SettledPart = {
  state: 'open',
  reason: null,
  flags: [],
  walletNanos: 0n,
  spendNanos: 0n,
  listNanos: 0n,
  cacheSavingsNanos: 0n,
  lines: [],
  quantities: {},
  tokens: 0,
  reasoningTokens: null,
  servedModel: null,
  responseId: null,
  upstreamStatus: null,
  ttfbMs: null,
  durationMs: null,
  settledAt: null,
}

const settled = (row: SqlRow): SettledPart => {
  const last = row['correction_state'] === null ? 'terminal_' : 'correction_'
  return {
    state: textOf(row, `${last}state`) as CallRecord['state'],
    reason: textOrNull(row, `${last}reason`),
    flags: flagsOf(row, last),
    walletNanos: bigintOf(row, 'wallet_nanos'),
    spendNanos: bigintOf(row, 'spend_nanos'),
    listNanos: bigintOf(row, 'list_nanos'),
    cacheSavingsNanos: bigintOf(row, 'cache_savings_nanos'),
    lines: linesOf(row, `${last}lines`),
    quantities: quantitiesOf(row),
    tokens: numberOf(row, 'tokens'),
    reasoningTokens: numberOrNull(row, `${last}reasoning_tokens`),
    servedModel: textOrNull(row, `${last}served_model`),
    responseId: textOrNull(row, `${last}response_id`),
    upstreamStatus: numberOrNull(row, `${last}upstream_status`),
    ttfbMs: milliseconds(row, `${last}ttfb_micros`),
    durationMs: milliseconds(row, `${last}duration_micros`),
    settledAt: numberOf(row, `${last}settled_at`),
  }
}

const flagsOf = (row: SqlRow, last: 'terminal_' | 'correction_'): readonly string[] => {
  const terminal = jsonOf<string[]>(row, 'terminal_flags')
  return last === 'terminal_' ? terminal : [...new Set([...terminal, ...jsonOf<string[]>(row, 'correction_flags')])]
}

const milliseconds = (row: SqlRow, column: string): number | null => {
  const micros = numberOrNull(row, column)
  return micros === null ? null : micros / 1000
}
