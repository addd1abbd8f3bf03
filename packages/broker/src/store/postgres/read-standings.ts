import { standingColumns } from '../ledger/hold.ts'
import { limitTables } from '../ledger/scope-limits.ts'
import type { EpochMs, HoldRequest } from '../records.ts'
import { numberOf, type SqlRow } from '../sql.ts'
import type { Connection } from './connection.ts'
import { clockExpression } from './store-clock.ts'

/** The key and the connection of each hold request as they are now, and the instant that "now" is. */
export interface Standings {
  readonly now: EpochMs
  /** The columns that `claimsOfStanding` reads; undefined when there is no such inference key. */
  of(request: HoldRequest): SqlRow | undefined
}

const select = `SELECT clock.now, r.place, k.id AS key_id, ${standingColumns}
  FROM (SELECT ${clockExpression} AS now) clock
  LEFT JOIN unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS r (place, key_id, tenant_id, connection_id) ON TRUE
  LEFT JOIN keys k ON k.id = r.key_id AND k.tenant_id = r.tenant_id AND k.kind = 'inference'
  ${limitTables}
  LEFT JOIN connections c ON c.tenant_id = r.tenant_id AND c.id = r.connection_id`

const nameOf = ({ keyId, tenantId, connectionId }: HoldRequest): string =>
  JSON.stringify([keyId, tenantId, connectionId])

/** Reads clock and standings in one statement, each key and connection once. */
export const readStandings = async (
  connection: Connection,
  requests: readonly HoldRequest[],
  clock: (() => EpochMs) | undefined,
): Promise<Standings> => {
  const distinct = [...new Map(requests.map((request) => [nameOf(request), request])).values()]
  const { rows } = await connection.query(select, [
    distinct.map((_, place) => place),
    distinct.map(({ keyId }) => keyId),
    distinct.map(({ tenantId }) => tenantId),
    distinct.map(({ connectionId }) => connectionId),
  ])
  const [first] = rows
  if (first === undefined) throw new TypeError('the clock gave no row')
  const standings = new Map<string, SqlRow>()
  for (const row of rows) {
    const request = row['place'] === null ? undefined : distinct[numberOf(row, 'place')]
    if (request !== undefined && row['key_id'] !== null) standings.set(nameOf(request), row)
  }
  return { now: clock?.() ?? numberOf(first, 'now'), of: (request) => standings.get(nameOf(request)) }
}
