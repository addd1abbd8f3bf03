import { createVendoError } from '@vendo/contract'
import { migrate } from '../schema/migrate.ts'
import { numberOf, textOf } from '../sql.ts'
import { lockSchema } from './advisory-locks.ts'
import type { Connections } from './connection.ts'
import { createPostgresSql } from './postgres-sql.ts'
import { transact } from './transact.ts'

const oldestVersion = 150_000
const settings = `SELECT CAST(current_setting('server_version_num') AS BIGINT) AS version,
  current_setting('synchronous_commit') AS synchronous_commit`
const patienceMs = 60_000

/**
 * Brings the schema up to date; of many processes that start at once, one does and the others wait.
 *
 * @throws {VendoError} `store_unavailable` when the database cannot be reached, is older than Postgres 15, does not wait for
 *   the disk, or was written by a newer Vendo.
 */
export const prepareSchema = (connections: Connections): Promise<number> =>
  transact({ connections, begin: `BEGIN; ${lockSchema}`, patienceMs }, async (connection) => {
    const [server] = (await connection.query(settings)).rows
    if (server === undefined || numberOf(server, 'version') < oldestVersion) {
      throw refused('This Postgres is too old.', 'Use Postgres 15 or newer.')
    }
    if (textOf(server, 'synchronous_commit') === 'off') {
      throw refused(
        'This Postgres forgets commits in a crash: synchronous_commit is off.',
        'Set synchronous_commit to on for the role or the database.',
      )
    }
    return migrate({ sql: createPostgresSql(connection), now: Date.now() }, 'postgres')
  })

const refused = (message: string, suggestedFix: string) =>
  createVendoError(message, { code: 'store_unavailable', suggestedFix })
