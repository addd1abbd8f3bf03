import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createVendoError } from '@vendo/contract'
import { storeUnavailable } from '../store-error.ts'
import { openLedgerFile } from './open-ledger-file.ts'

/** Options of {@link backupSqliteStore}. */
export interface SqliteBackupOptions {
  /** The store's file. A broker may be running on it. */
  readonly path: string
  /** Where the copy goes, for its owner only. It must not exist yet. */
  readonly to: string
}

/**
 * Copies a SQLite store as it is at one instant, while a broker goes on writing it. The copy appears under its name when it is
 * whole and on the disk.
 *
 * @throws {VendoError} `validation_failed` when there is something at `to`; `store_unavailable` when the store cannot be read
 *   or the copy cannot be written.
 */
export const backupSqliteStore = async ({ path, to }: SqliteBackupOptions): Promise<void> => {
  const database = await openLedgerFile(path)
  const aside = `${to}.${randomBytes(6).toString('hex')}.part`
  try {
    closeSync(openSync(aside, 'wx', 0o600))
    database.prepare('VACUUM INTO ?').run(aside)
    sync(aside)
    // Unlike a rename, this never replaces a file.
    linkSync(aside, to)
    if (process.platform !== 'win32') sync(dirname(resolve(to)))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(to, cause)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw storeUnavailable(`The store ${path} cannot be copied to ${to}: ${reason}.`, {
      cause,
      suggestedFix: 'Name a folder that can be written and has room for the whole store.',
    })
  } finally {
    database.close()
    rmSync(aside, { force: true })
  }
}

const sync = (path: string): void => {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const alreadyThere = (to: string, cause: unknown) =>
  createVendoError(`${to} is there already. Nothing was changed.`, {
    code: 'validation_failed',
    suggestedFix: 'Name a file that does not exist yet.',
    cause,
  })
