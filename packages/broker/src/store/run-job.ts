import { commands } from './commands.ts'
import type { Job, Reply } from './group-commit-store.ts'
import type { Transaction } from './sql.ts'
import { storeErrorData } from './store-error.ts'

/** Runs one job inside a transaction. */
export type RunJob = (transaction: Transaction, job: Job) => Promise<Reply>

/** Tells a job that failed from a transaction that could not begin or commit. */
export class JobFailure extends Error {}

type AnyCommand = (transaction: Transaction, ...parameters: readonly unknown[]) => Promise<unknown>

/** Runs a job; a failure spoils the transaction and is thrown as a {@link JobFailure}. */
export const runPlainly: RunJob = async (transaction, { name, parameters }) => {
  try {
    return { ok: true, value: await (commands[name] as AnyCommand)(transaction, ...parameters) }
  } catch (error) {
    throw new JobFailure(name, { cause: error })
  }
}

/** Runs a job whose failure undoes nothing but the job. */
export const runAlone: RunJob = async (transaction, { name, parameters }) => {
  const { sql } = transaction
  await sql.run('SAVEPOINT job')
  try {
    const value = await (commands[name] as AnyCommand)(transaction, ...parameters)
    await sql.run('RELEASE SAVEPOINT job')
    return { ok: true, value }
  } catch (error) {
    await sql.run('ROLLBACK TO SAVEPOINT job')
    await sql.run('RELEASE SAVEPOINT job')
    return { ok: false, error: storeErrorData(error) }
  }
}
