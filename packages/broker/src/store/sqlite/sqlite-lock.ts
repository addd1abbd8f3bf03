import { DatabaseSync } from 'node:sqlite'
import { storeUnavailable } from '../store-error.ts'
import { createPrivateFile } from './private-file.ts'

const waitMs = 250
const attempts = 3

/** An exclusive claim on a store. The system releases it when the process ends, however it ends. */
export interface StoreLock {
  release(): void
}

/**
 * Takes `<path>.lock`, waiting under a second for a process that is just leaving. The lock is a small database in an open
 * write transaction: others can still read in it who holds the store, and a killed process holds nothing.
 *
 * @throws {VendoError} `store_unavailable` naming the file and the process that holds it.
 */
export const lockStore = (path: string): StoreLock => {
  const lockPath = `${path}.lock`
  createPrivateFile(lockPath)
  const database = new DatabaseSync(lockPath)
  try {
    database.exec(`PRAGMA busy_timeout = ${waitMs}`)
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (claimLock(database)) return { release: () => database.close() }
    }
    const pid = holderOf(database)
    throw storeUnavailable(
      `The store ${path} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}.`,
      {
        suggestedFix: 'Stop that process, or name another store.',
      },
    )
  } catch (error) {
    database.close()
    throw error
  }
}

/** Writing the process id needs a commit, which lets go for an instant: who finds itself replaced starts over. */
const claimLock = (database: DatabaseSync): boolean => {
  try {
    database.exec('BEGIN IMMEDIATE')
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL)')
    database.exec('DELETE FROM holder')
    database.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid)
    database.exec('COMMIT')
    database.exec('BEGIN IMMEDIATE')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    if (isBusy(error)) return false
    throw error
  }
  if (holderOf(database) === process.pid) return true
  database.exec('ROLLBACK')
  return false
}

const holderOf = (database: DatabaseSync): number | undefined => {
  try {
    return Number(database.prepare('SELECT pid FROM holder').get()?.['pid']) || undefined
  } catch {
    // Its holder may be writing it just now; the message does without the number.
    return undefined
  }
}

const isBusy = (error: unknown): boolean => {
  const primary = ((error as { errcode?: number }).errcode ?? 0) & 0xff
  return primary === 5 || primary === 6
}
