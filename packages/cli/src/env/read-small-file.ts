import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** A `.env` file that is larger than this holds something else. */
export const maxEnvFileBytes = 1024 * 1024

/**
 * The text of an ordinary file, or of what a link to one leads to; `undefined` for a folder, FIFO, socket or device, which
 * are not even opened: reading one may wait for ever, or take something away.
 *
 * @throws {NodeJS.ErrnoException} what opening or reading throws; `EFBIG` for more than `maxBytes`.
 */
export const readSmallFile = (path: string, maxBytes = maxEnvFileBytes): string | undefined => {
  if (!statSync(path).isFile()) return undefined
  // Whatever stands there by now, opening and reading it does not wait.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    return fstatSync(file).isFile() ? readAtMost(file, maxBytes) : undefined
  } finally {
    closeSync(file)
  }
}

const readAtMost = (file: number, maxBytes: number): string => {
  const bytes = Buffer.alloc(Math.min(fstatSync(file).size, maxBytes) + 1)
  const pieces: Buffer[] = []
  let total = 0
  for (;;) {
    const read = readSync(file, bytes)
    if (read === 0) return Buffer.concat(pieces).toString('utf8')
    total += read
    if (total > maxBytes) throw Object.assign(new Error('The file is too large.'), { code: 'EFBIG' })
    pieces.push(Buffer.from(bytes.subarray(0, read)))
  }
}
