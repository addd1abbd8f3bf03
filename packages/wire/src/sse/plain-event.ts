import { ascii, encodeText, startsWithAt } from '../bytes/ascii.ts'

/**
 * Nearly every chunk of a provider's stream holds whole events of one form: perhaps an `event` line, then one line that begins
 * with `data: `, then a blank line, all of them ended by LF. They can be found in place, without keeping anything. Nothing is
 * plain in a chunk with a CR, which may end a line too.
 */
export const isPlainChunk = (chunk: Uint8Array): boolean => chunk.indexOf(ascii.carriageReturn) < 0

const dataPrefix = encodeText('data: ')
const firstOfEvent = 0x65

/** Index of the data of the plain event that starts at `start`; -1 if none does. */
export const plainDataStart = (chunk: Uint8Array, start: number): number => {
  // No field but `event` begins with an `e`, and no field of that letter means anything to a reader.
  const line = chunk[start] === firstOfEvent ? chunk.indexOf(ascii.lineFeed, start) + 1 : start
  return line >= start && startsWithAt(chunk, dataPrefix, line) ? line + dataPrefix.length : -1
}

/** Index after the data, where the two line feeds that end its event stand; -1 if they do not. */
export const plainDataEnd = (chunk: Uint8Array, dataStart: number): number => {
  const end = chunk.indexOf(ascii.lineFeed, dataStart)
  return end >= 0 && chunk[end + 1] === ascii.lineFeed ? end : -1
}

/** Index after the first blank line, behind which a new event begins; the chunk's length if there is none. */
export const afterBlankLine = (chunk: Uint8Array): number => {
  let end = chunk.indexOf(ascii.lineFeed)
  while (end >= 0 && chunk[end + 1] !== ascii.lineFeed) end = chunk.indexOf(ascii.lineFeed, end + 1)
  return end < 0 ? chunk.length : end + 2
}
