import { join } from 'node:path'
import type { Logger } from '../observe/logger.ts'
import type { EpochMs } from '../store/records.ts'
import { storeUnavailable } from '../store/store-error.ts'
import { type Journal, openJournal } from './journal.ts'

/** A settlement that the store will never take. */
export interface DeadLetter {
  /** What stood in the outbox, unchanged. */
  readonly line: string
  readonly reason: string
  readonly attemptId: string | undefined
}

/** What an outbox keeps on disk: what waits, and what a person must look at. */
export interface OutboxFiles {
  readPending(): Promise<readonly string[]>
  /** Resolves when the line is on the disk. */
  append(line: string): Promise<void>
  /** Forgets what waited, unless something still does when its turn comes. Never rejects. */
  clear(stillNeeded: () => boolean): Promise<void>
  /** Writes a dead letter to the disk and to the log. Never rejects. */
  bury(letter: DeadLetter): Promise<void>
  close(): Promise<void>
}

interface OutboxFilesOptions {
  readonly folder: string
  readonly logger: Logger
  readonly clock: () => EpochMs
}

/**
 * Opens the files of an outbox folder, making what is missing.
 *
 * @throws {VendoError} `store_unavailable` when they cannot be written.
 */
export const openOutboxFiles = async ({ folder, logger, clock }: OutboxFilesOptions): Promise<OutboxFiles> => {
  const deadPath = join(folder, 'dead-letters.jsonl')
  const [pending, dead] = await openBoth(join(folder, 'pending.jsonl'), deadPath)
  return {
    readPending: () => pending.read(),
    append: (line) => pending.append(line),
    clear: async (stillNeeded) => {
      // What cannot be emptied is applied again at the next start, which changes nothing.
      await pending.clear(stillNeeded).catch((error) => logger.error({ error: String(error) }, 'outbox not emptied'))
    },
    bury: async ({ line, reason, attemptId }) => {
      logger.error({ attemptId, reason, file: deadPath }, 'settlement refused for good: see the dead letters')
      const letter = JSON.stringify({ at: new Date(clock()).toISOString(), reason, line })
      await dead
        .append(letter)
        .catch((error) => logger.error({ error: String(error), line }, 'dead letter not written'))
    },
    close: async () => {
      await Promise.all([pending.close(), dead.close()])
    },
  }
}

const openBoth = async (...paths: readonly [string, string]): Promise<readonly [Journal, Journal]> => {
  try {
    return [await openJournal(paths[0]), await openJournal(paths[1])]
  } catch (cause) {
    throw storeUnavailable(`The outbox ${paths[0]} cannot be written (${String(cause)}).`, {
      cause,
      suggestedFix: 'Make its folder writable for this user, or name another one.',
    })
  }
}
