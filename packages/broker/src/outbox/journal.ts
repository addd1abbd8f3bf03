import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Lines in a file that only its owner can read. Whatever `append` has resolved for survives a loss of power. */
export interface Journal {
  /** Every line, oldest first; the last one may be torn. */
  read(): Promise<readonly string[]>
  /** Resolves when the line is on the disk. Lines that are appended together share one flush. */
  append(line: string): Promise<void>
  /** Empties the file, unless `stillNeeded` says otherwise when its turn comes. */
  clear(stillNeeded: () => boolean): Promise<void>
  close(): Promise<void>
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Opens the file, making it and its folder when they are missing. */
export const openJournal = async (path: string): Promise<Journal> => {
  const file = await openPrivately(path)
  // A write that was cut short leaves half a line; the next one must not continue it.
  let torn = (await file.stat()).size > 0
  let last: Promise<unknown> = Promise.resolve()
  const waiting: Waiting[] = []
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
  const flush = async (): Promise<void> => {
    const batch = waiting.splice(0)
    if (batch.length === 0) return
    try {
      const text = batch.map(({ line }) => `${line}\n`).join('')
      await file.appendFile(torn ? `\n${text}` : text)
      await file.datasync()
      torn = false
      for (const { resolve } of batch) resolve()
    } catch (error) {
      torn = true
      for (const { reject } of batch) reject(error)
    }
  }
  return {
    read: () => inTurn(async () => (await readAll(file)).split('\n').filter((line) => line !== '')),
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line, resolve, reject })
        void inTurn(flush)
      }),
    clear: (stillNeeded) =>
      inTurn(async () => {
        if (stillNeeded()) return
        await file.truncate(0)
        await file.datasync()
        torn = false
      }),
    close: () => inTurn(() => file.close()),
  }
}

const openPrivately = async (path: string): Promise<FileHandle> => {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = await open(path, constants.O_CREAT | constants.O_RDWR | constants.O_APPEND, 0o600)
  await file.chmod(0o600)
  // A new file is only there after a loss of power when its folder has been flushed too.
  const directory = await open(folder, constants.O_RDONLY)
  await directory.sync().catch(() => undefined)
  await directory.close()
  return file
}

const readAll = async (file: FileHandle): Promise<string> => {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(size)
  const { bytesRead } = await file.read(bytes, 0, size, 0)
  return bytes.toString('utf8', 0, bytesRead)
}
