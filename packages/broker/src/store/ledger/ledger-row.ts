import type { Meter } from '@vendo/contract'
import type { EpochMs, Settlement } from '../records.ts'
import type { SqlValue, Transaction } from '../sql.ts'
import { encodeLines } from './charge-lines.ts'
import { quantityColumns, quantityValues } from './quantity-columns.ts'

/** A settlement on its way into the ledger; `lines` as they are, or written already as `lines` are kept. */
export interface WritableSettlement extends Omit<Settlement, 'lines'> {
  readonly lines: Settlement['lines'] | string
}

/** The columns of {@link ledgerRowFacts}. */
const factColumns: readonly string[] = [
  ...['attempt_id', 'kind', 'state', 'reason', 'flags'],
  ...['wallet_nanos', 'spend_nanos', 'list_nanos', 'cache_savings_nanos', 'tokens', 'lines'],
  ...['reasoning_tokens', 'served_model', 'response_id', 'upstream_status', 'ttfb_micros', 'duration_micros'],
  'settled_at',
]

/** The columns of a ledger row, in the order of {@link ledgerRowValues}. */
export const ledgerRowColumns: readonly string[] = [...factColumns, ...quantityColumns]

const insertInto = (columns: readonly string[]): string => `INSERT INTO ledger_rows (${columns.join(', ')})
  VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`

const insertLedgerRowText = insertInto(ledgerRowColumns)

/** Appends a row. Its money and quantities are what it adds: for a correction, the difference. */
export const appendLedgerRow = async (
  { sql, now }: Transaction,
  kind: 'terminal' | 'correction',
  settlement: WritableSettlement,
): Promise<void> => {
  await sql.run(insertLedgerRowText, ledgerRowValues(kind, settlement, now))
}

/** A ledger row as columns. */
export const ledgerRowValues = (
  kind: 'terminal' | 'correction',
  settlement: WritableSettlement,
  now: EpochMs,
): readonly SqlValue[] => [...ledgerRowFacts(kind, settlement, now), ...quantityValues(settlement.quantities)]

/** Appends a row with the quantities of these meters: {@link ledgerRowFacts}, then the quantities. */
export const insertRowTextOf = (known: readonly Meter[]): string =>
  insertInto([...factColumns, ...known.map((meter) => `quantity_${meter}`)])

/** A ledger row as columns, without its quantities. */
export const ledgerRowFacts = (
  kind: 'terminal' | 'correction',
  settlement: WritableSettlement,
  now: EpochMs,
): SqlValue[] => [
  settlement.attemptId,
  kind,
  settlement.state,
  settlement.reason,
  JSON.stringify(settlement.flags),
  settlement.walletNanos,
  settlement.spendNanos,
  settlement.listNanos,
  settlement.cacheSavingsNanos,
  settlement.tokens,
  typeof settlement.lines === 'string' ? settlement.lines : encodeLines(settlement.lines),
  settlement.reasoningTokens,
  settlement.servedModel,
  settlement.responseId,
  settlement.upstreamStatus,
  micros(settlement.ttfbMs),
  micros(settlement.durationMs),
  now,
]

const micros = (milliseconds: number | null): SqlValue =>
  milliseconds === null ? null : Math.round(milliseconds * 1000)
