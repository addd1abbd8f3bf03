import { storeUnavailable } from '../store-error.ts'
import type { Connection, Connections } from './connection.ts'
import { ConnectionLost, isConflict, isConnectionLoss, sqlStateOf } from './postgres-error.ts'

/** How a transaction is run. */
export interface TransactOptions {
  readonly connections: Connections
  /** Opens the transaction, and may take its first locks. Null for work of one reading statement, which needs none. */
  readonly begin: string | null
  /** After this many ms the connection is cut, which undoes everything unless the commit was already sent. */
  readonly patienceMs: number
  /** Whether patience ends with {@link TransactOptions.begin}: for reports, which take as long as they take. */
  readonly unhurried?: boolean
}

const mostTries = 5

/**
 * Runs work in one transaction and resolves after its commit. What was certainly undone because it lost against another
 * transaction, or its connection, is run again from the start. A commit without an answer is never repeated.
 *
 * @throws {VendoError} the work's own; `store_unavailable` when the database cannot be reached, takes too long, or lost the
 *   answer to the commit.
 */
export const transact = async <T>(
  options: TransactOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const giveUpAt = performance.now() + options.patienceMs
  for (let tries = 1; ; tries++) {
    try {
      return await transactOnce(options, work, giveUpAt)
    } catch (error) {
      const again = error instanceof Undone && tries < mostTries && performance.now() < giveUpAt
      if (again) continue
      const cause = error instanceof Undone ? error.cause : error
      const foreseen = sqlStateOf(cause) === undefined && !(cause instanceof ConnectionLost)
      throw foreseen ? cause : storeUnavailable('The store failed.', { cause })
    }
  }
}

/** Everything was undone by a cause that may be gone. */
class Undone extends Error {}

const transactOnce = async <T>(
  { connections, begin, unhurried = false }: TransactOptions,
  work: (connection: Connection) => Promise<T>,
  giveUpAt: number,
): Promise<T> => {
  const connection = await acquire(connections)
  const timer = setTimeout(() => connection.release(true), Math.max(1, giveUpAt - performance.now()))
  let committing = false
  try {
    if (begin !== null) await connection.query(begin)
    if (unhurried) clearTimeout(timer)
    const value = await work(connection)
    if (begin !== null) {
      committing = true
      await connection.query('COMMIT')
    }
    connection.release(false)
    return value
  } catch (error) {
    if (committing) throw commitFailure(connection, error)
    if (isConnectionLoss(error)) {
      connection.release(true)
      throw new Undone('connection lost', { cause: error })
    }
    await rollBack(connection, begin !== null)
    throw isConflict(error) ? new Undone('conflict', { cause: error }) : error
  } finally {
    clearTimeout(timer)
  }
}

const acquire = async (connections: Connections): Promise<Connection> => {
  try {
    return await connections.acquire()
  } catch (cause) {
    throw storeUnavailable('The store cannot be reached.', { cause })
  }
}

/** Only a conflict or a constraint says that nothing was committed; after anything else it may have been. */
const commitFailure = (connection: Connection, error: unknown): Error => {
  connection.release(true)
  if (/^(40|23)/.test(sqlStateOf(error) ?? '')) return new Undone('refused at the commit', { cause: error })
  return storeUnavailable('The store did not say whether it committed.', { cause: error })
}

const rollBack = async (connection: Connection, begun: boolean): Promise<void> => {
  try {
    if (begun) await connection.query('ROLLBACK')
    connection.release(false)
  } catch {
    // Closing the connection undoes the transaction as well.
    connection.release(true)
  }
}
