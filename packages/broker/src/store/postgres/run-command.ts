import { commands } from '../commands.ts'
import type { Job, Reply } from '../group-commit-store.ts'
import type { EpochMs } from '../records.ts'
import type { Transaction } from '../sql.ts'
import { storeErrorData } from '../store-error.ts'
import type { Connections } from './connection.ts'
import { createPostgresSql } from './postgres-sql.ts'
import { readClock } from './store-clock.ts'
import { type TransactOptions, transact } from './transact.ts'

/** Runs a store command in a transaction of its own. */
export type CommandRunner = (job: Job, options: Omit<TransactOptions, 'connections'>) => Promise<unknown>

type AnyCommand = (transaction: Transaction, ...parameters: readonly unknown[]) => Promise<unknown>

/** Creates a {@link CommandRunner} over the given connections. */
export const createCommandRunner =
  (connections: Connections, clock: (() => EpochMs) | undefined): CommandRunner =>
  ({ name, parameters }, options) =>
    transact({ connections, ...options }, async (connection) => {
      const sql = createPostgresSql(connection)
      const transaction = options.begin === null ? new Clockless(sql) : { sql, now: await readClock(connection, clock) }
      return (commands[name] as AnyCommand)(transaction, ...parameters)
    })

/** For a command that looks one thing up: reading the clock would be a statement more. */
class Clockless implements Transaction {
  readonly sql: Transaction['sql']

  constructor(sql: Transaction['sql']) {
    this.sql = sql
  }

  get now(): never {
    throw new TypeError('a lookup does not ask for the time')
  }
}

/** A promise's end as data. */
export const replyOf = async (ending: Promise<unknown>): Promise<Reply> => {
  try {
    return { ok: true, value: await ending }
  } catch (error) {
    return { ok: false, error: storeErrorData(error) }
  }
}
