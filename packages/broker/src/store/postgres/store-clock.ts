import type { EpochMs } from '../records.ts'
import type { Connection } from './connection.ts'

/** The database's own clock in whole milliseconds, as SQL. All brokers share it, whatever their machines think. */
export const clockExpression = 'CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)'

const read = `SELECT ${clockExpression} AS now`

/** Reads the store's clock: the given one, else the database's as it is now, after any lock that was waited for. */
export const readClock = async (connection: Connection, clock: (() => EpochMs) | undefined): Promise<EpochMs> =>
  clock !== undefined ? clock() : Number((await connection.query(read)).rows[0]?.['now'])
