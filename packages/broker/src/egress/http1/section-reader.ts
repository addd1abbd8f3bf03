import { UpstreamBroke } from '../upstream-call.ts'

/** As much as Node takes of a head. */
const mostBytes = 16_384
const blankLine = Buffer.from('\r\n\r\n')

/** Waits for lines up to an empty one, in pieces. The piece is not copied when it holds all of them. */
export class SectionReader {
  /** Once {@link read} found the end: the lines are in here, between `start` and `end`, the last line end included. */
  bytes: Buffer = blankLine
  start = 0
  end = 0
  #held: Buffer | undefined

  /** Where `bytes` goes on behind the empty line; -1 while there is more to come. */
  read(bytes: Buffer, at: number): number {
    const held = this.#held
    if (held === undefined) return this.#find(bytes, at, at)
    const joined = Buffer.concat([held, at === 0 ? bytes : bytes.subarray(at)])
    const next = this.#find(joined, 0, Math.max(0, held.length - 3))
    return next < 0 ? -1 : at + next - held.length
  }

  #find(bytes: Buffer, start: number, from: number): number {
    const blank = bytes.indexOf(blankLine, from)
    const length = (blank < 0 ? bytes.length : blank) - start
    if (length > mostBytes) throw new UpstreamBroke(`The provider’s answer has a head beyond ${mostBytes} bytes.`)
    if (blank < 0) {
      this.#held = start === 0 ? bytes : bytes.subarray(start)
      return -1
    }
    this.#held = undefined
    this.bytes = bytes
    this.start = start
    this.end = blank + 2
    return blank + 4
  }

  /** Forgets what it waits for, and what it found. */
  clear(): void {
    this.#held = undefined
    this.bytes = blankLine
  }
}
