import type { BookedAccount } from '../group/account-book.ts'
import { type GroupPlan, GroupRefused } from '../group/plan-group.ts'
import { windowEndOf } from '../ledger/account.ts'
import { encodeHoldEntries } from '../ledger/entries-column.ts'
import { holdColumns, holdValues } from '../ledger/hold.ts'
import { ledgerRowColumns, ledgerRowValues } from '../ledger/ledger-row.ts'
import { bigintOf, type SqlValue } from '../sql.ts'
import type { Column, Connection } from './connection.ts'

const wholeNumbers = /_nanos$|_at$|_micros$|^quantity_|tokens$|^streamed$|_status$|^settled|^held/
const typeOf = (column: string): string => (wholeNumbers.test(column) ? 'bigint[]' : 'text[]')

/** Names columns as arrays of parameters, each time going on from where it ended. */
const createPlaces = () => {
  let last = 0
  return (columns: readonly string[]): string => columns.map((column) => `$${++last}::${typeOf(column)}`).join(', ')
}
const arrays = createPlaces()

const insert = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.join(', ')}) SELECT * FROM unnest(${arrays(columns)}) RETURNING 1`

const accountColumns = ['id', 'tenant_id', 'settled', 'held', 'window_ends_at']
const changeColumns = ['id', 'settled', 'held', 'settled_before', 'held_before']

// One statement, so that a group costs one round trip. Each account is changed once, by the sum of the group, and only if it
// still is what the sum was decided on.
const write = `WITH
  closed AS (UPDATE holds SET state = 'closed' WHERE attempt_id = ANY (${arrays(['attempt_id'])}) AND state = 'open' RETURNING 1),
  opened AS (${insert('holds', holdColumns)}),
  appended AS (${insert('ledger_rows', ledgerRowColumns)}),
  new_accounts AS (
    INSERT INTO accounts (id, tenant_id, credit, settled, held, window_ends_at)
    SELECT n.id, n.tenant_id, 0, n.settled, n.held, n.window_ends_at
    FROM unnest(${arrays(accountColumns)}) AS n (id, tenant_id, settled, held, window_ends_at) RETURNING 1),
  changed AS (
    UPDATE accounts a SET settled = a.settled + d.settled, held = a.held + d.held
    FROM unnest(${arrays(changeColumns)}) AS d (id, settled, held, settled_before, held_before)
    WHERE a.id = d.id AND a.settled = d.settled_before AND a.held = d.held_before RETURNING 1)
  SELECT (SELECT COUNT(*) FROM closed) AS closed, (SELECT COUNT(*) FROM changed) AS changed`

/**
 * Writes what a group was decided to do.
 *
 * @throws {GroupRefused} when a hold or an account is not any more what the plan was made on.
 */
export const writeGroup = async (
  connection: Connection,
  plan: GroupPlan,
  accounts: readonly BookedAccount[],
): Promise<void> => {
  const { added, closed, settlements, now } = plan
  if (added.length === 0 && closed.length === 0 && settlements.length === 0) return
  const known = accounts.filter(({ before }) => before !== undefined)
  const fresh = accounts.filter(({ before }) => before === undefined)
  const { rows } = await connection.query(write, [
    closed,
    ...columnsOf(
      holdColumns.length,
      added.map(({ request, reservedNanos, entries, open }) =>
        holdValues(request, { entries: encodeHoldEntries(entries, request, reservedNanos), now, open }),
      ),
    ),
    ...columnsOf(
      ledgerRowColumns.length,
      settlements.map((settlement) => ledgerRowValues('terminal', settlement, now)),
    ),
    ...columnsOf(
      accountColumns.length,
      fresh.map(({ id, tenantId, after }) => [id, tenantId, after.settled, after.held, windowEndOf(id)]),
    ),
    ...columnsOf(changeColumns.length, known.map(changeOf)),
  ])
  const [row] = rows
  if (row === undefined) throw new TypeError('the write gave no row')
  if (bigintOf(row, 'closed') !== BigInt(closed.length)) throw new GroupRefused('a hold was closed meanwhile')
  if (bigintOf(row, 'changed') !== BigInt(known.length)) throw new GroupRefused('an account changed meanwhile')
}

const changeOf = ({ id, before, after }: BookedAccount): readonly SqlValue[] => {
  const { settled, held } = before ?? after
  return [id, after.settled - settled, after.held - held, settled, held]
}

/** Rows turned into columns; without rows, as many empty columns. */
const columnsOf = (count: number, rows: readonly (readonly SqlValue[])[]): readonly Column[] =>
  Array.from({ length: count }, (_, column) => rows.map((row) => row[column] ?? null))
