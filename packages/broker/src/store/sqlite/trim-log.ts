import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** Above this the write-ahead log is emptied; SQLite itself keeps it at about 4 MB while nobody reads for long. */
const maxLogBytes = 16_777_216
const betweenLooksMs = 1_000

/**
 * Creates what is called after each commit: once a second it looks at the size of the write-ahead log, and empties one that
 * grew while a long report kept it. It never waits: while the report goes on, the log stays, and the next look tries again. Never throws.
 */
export const createLogTrim = (database: DatabaseSync, path: string): (() => void) => {
  const log = `${path}-wal`
  let lookedAt = performance.now()
  return () => {
    const now = performance.now()
    if (now - lookedAt < betweenLooksMs) return
    lookedAt = now
    try {
      const { size = 0 } = statSync(log, { throwIfNoEntry: false }) ?? {}
      if (size > maxLogBytes) empty(database)
    } catch {
      // What was committed stays so, and nothing is lost by a long log. A disk that fails shows in the next commit.
    }
  }
}

const empty = (database: DatabaseSync): void => {
  try {
    // Otherwise it would wait for the reader, and every call with it.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    database.exec('PRAGMA busy_timeout = 1000')
  }
}
