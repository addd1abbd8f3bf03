import { bigintOf, jsonOf, numberOf, type SqlRow, textOf, textOrNull } from '../sql.ts'
import { linesOf } from './charge-lines.ts'
import { entriesOf } from './entries-column.ts'
import { type Amounts, heldAmount, settledAmount } from './entry.ts'
import { derivedAccounts } from './scope-limits-derived.ts'
import { amountsOf, exceeds, overshootFlag } from './settle.ts'

/** An account as its rows say it must be. */
export interface Recomputed {
  readonly credit: bigint
  readonly settled: bigint
  readonly held: bigint
  /** Σ of what calls cost beyond their holds: how far the account may exceed its limit. */
  readonly overshoot: bigint
}

type Report = (problem: string) => void

/** Every account as its rows say it must be. */
export interface RecomputedAccounts {
  /** Accounts that some attempt names: each of them must exist. */
  readonly named: Map<string, Recomputed>
  /** What attempts add to accounts of limits that came after they had ended, if these accounts exist. */
  readonly derived: Map<string, bigint>
}

/** Adds one attempt to the accounts it counts against, and reports what is wrong with the attempt itself. */
export const recomputeAttempt = (
  row: SqlRow,
  { named: accounts, derived }: RecomputedAccounts,
  report: Report,
): void => {
  const attemptId = textOf(row, 'attempt_id')
  const held = amountsOf(row)
  const terminal = amountsOrNull(row, 'terminal')
  const correction = amountsOrNull(row, 'correction')
  checkAttempt(row, { held, terminal, correction }, (problem) => report(`Attempt ${attemptId} ${problem}`))
  const actual = terminal === null ? null : add(terminal, correction ?? nothing)
  const entries = entriesOf(row)
  for (const { account, measure, amount } of entries) {
    if (amount !== heldAmount(measure, held))
      report(`Attempt ${attemptId} holds another ${measure} than its entries say.`)
    const before = accounts.get(account) ?? { credit: 0n, settled: 0n, held: 0n, overshoot: 0n }
    const settled = actual === null ? 0n : settledAmount(measure, actual)
    // A correction can also come when what the estimate freed has been spent by others.
    const beyond =
      positive((terminal === null ? 0n : settledAmount(measure, terminal)) - amount) +
      (correction === null || measure === 'request' ? 0n : positive(settledAmount(measure, correction)))
    accounts.set(account, {
      credit: before.credit,
      settled: before.settled + settled,
      held: before.held + (textOf(row, 'state') === 'open' ? amount : 0n),
      overshoot: before.overshoot + beyond,
    })
  }
  if (actual === null) return
  for (const { account, measure } of derivedAccounts(row, entries)) {
    derived.set(account, (derived.get(account) ?? 0n) + settledAmount(measure, actual))
  }
}

interface Parts {
  readonly held: Amounts
  readonly terminal: Amounts | null
  readonly correction: Amounts | null
}

const checkAttempt = (row: SqlRow, { held, terminal, correction }: Parts, report: Report): void => {
  const open = textOf(row, 'state') === 'open'
  if (open && terminal !== null) report('is open and has a terminal row.')
  if (!open && terminal === null) report('is closed without a terminal row.')
  if (terminal === null) {
    if (correction !== null) report('has a correction and no terminal row.')
    return
  }
  const refunded = row['refunded'] !== null
  if (refunded && correction === null) report('was refunded without a correction.')
  if (refunded && textOf(row, 'terminal_state') !== 'estimated') report('was refunded, but is no estimate.')
  if (correction !== null && !refunded && textOrNull(row, 'terminal_reason') !== 'background') {
    report('has a correction, but was not settled in the background, and not refunded.')
  }
  if (textOf(row, 'terminal_state') === 'released' && (terminal.walletNanos !== 0n || terminal.spendNanos !== 0n)) {
    report('was released and yet costs something.')
  }
  if (exceeds(terminal, held) && !jsonOf<string[]>(row, 'terminal_flags').includes(overshootFlag)) {
    report('cost more than it held and is not flagged.')
  }
  checkLines(row, report)
}

/** Only a measured charge is the sum of its lines: an estimate may be the hold itself. */
const checkLines = (row: SqlRow, report: Report): void => {
  const lines = textOf(row, 'terminal_state') === 'actual' ? linesOf(row, 'terminal_lines') : []
  if (lines.length === 0) return
  const sum = lines.reduce((total, line) => total + line.listNanos, 0n)
  const list = bigintOf(row, 'terminal_list_nanos')
  if (sum !== list) report(`has a list price of ${list} and lines that sum to ${sum}.`)
}

const nothing: Amounts = { walletNanos: 0n, spendNanos: 0n, tokens: 0 }

const amountsOrNull = (row: SqlRow, part: 'terminal' | 'correction'): Amounts | null =>
  row[`${part}_state`] === null
    ? null
    : {
        walletNanos: bigintOf(row, `${part}_wallet_nanos`),
        spendNanos: bigintOf(row, `${part}_spend_nanos`),
        tokens: numberOf(row, `${part}_tokens`),
      }

const add = (a: Amounts, b: Amounts): Amounts => ({
  walletNanos: a.walletNanos + b.walletNanos,
  spendNanos: a.spendNanos + b.spendNanos,
  tokens: a.tokens + b.tokens,
})

const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n)
