import { UpstreamBroke } from '../upstream-call.ts'
import { skipTrailers } from './answer-head.ts'
import { SectionReader } from './section-reader.ts'

const [tab, lineFeed, carriageReturn, space, semicolon] = [9, 10, 13, 32, 59] as const
/** Fits into a number exactly. */
const mostSizeDigits = 13
/** Leading zeros and all. */
const mostSizeLineBytes = 4_096

/** What comes next. */
type Step = 'size' | 'extension' | 'size-end' | 'data' | 'data-end' | 'data-end-feed' | 'trailers'

/** Takes the chunks off a body (RFC 9112, section 7.1). Extensions and trailers are read and dropped. */
export class ChunkReader {
  /** The whole body has been read. */
  done = false
  /** A piece of it, after {@link read}. */
  data: Buffer | undefined = undefined
  #step: Step = 'size'
  #size = 0
  #sized = false
  /** Behind the first that is not zero. */
  #digits = 0
  #lineBytes = 0
  readonly #trailers = new SectionReader()

  /** Starts over. */
  begin(): void {
    this.done = false
    this.#nextChunk()
    this.#trailers.clear()
  }

  /**
   * Reads one part of `bytes` and returns where the next one is. A part that is data is left in {@link data}.
   *
   * @throws {UpstreamBroke} for what is no chunk, and for extensions and trailers without an end.
   */
  read(bytes: Buffer, at: number): number {
    this.data = undefined
    if (this.#step === 'data') return this.#readData(bytes, at)
    if (this.#step === 'trailers') return this.#readTrailers(bytes, at)
    return this.#readLine(bytes, at)
  }

  #nextChunk(): void {
    this.#step = 'size'
    this.#size = 0
    this.#sized = false
    this.#digits = 0
    this.#lineBytes = 0
  }

  #readData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#size)
    this.#size -= end - at
    this.data = bytes.subarray(at, end)
    if (this.#size === 0) this.#step = 'data-end'
    return end
  }

  /** Up to the next data, or to the last chunk. */
  #readLine(bytes: Buffer, from: number): number {
    let at = from
    while (at < bytes.length && this.#step !== 'data' && this.#step !== 'trailers') {
      if (++this.#lineBytes > mostSizeLineBytes) throw malformed()
      at += this.#take(bytes[at] as number)
    }
    return at
  }

  /** How many bytes of a line were taken: all but the one that the trailers begin with. */
  #take(byte: number): 0 | 1 {
    switch (this.#step) {
      case 'size':
        return this.#takeSize(byte)
      case 'extension':
        if (byte === carriageReturn) return this.#endSize()
        if ((byte < space && byte !== tab) || byte === 127) throw malformed()
        return 1
      case 'size-end':
        this.#expect(byte, lineFeed, 'data')
        return 1
      case 'data-end':
        this.#expect(byte, carriageReturn, 'data-end-feed')
        return 1
      default:
        this.#expect(byte, lineFeed, 'size')
        this.#nextChunk()
        return 1
    }
  }

  #takeSize(byte: number): 0 | 1 {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      if (this.#size > 0 && ++this.#digits >= mostSizeDigits) throw malformed()
      this.#size = this.#size * 16 + digit
      this.#sized = true
      return 1
    }
    if (!this.#sized) throw malformed()
    if (byte === carriageReturn) return this.#endSize()
    if (byte !== semicolon) throw malformed()
    this.#step = 'extension'
    return 1
  }

  /** An empty line ends the trailers, and with it the body: when there are none, it is the rest of this one. */
  #endSize(): 0 | 1 {
    this.#step = this.#size === 0 ? 'trailers' : 'size-end'
    return this.#size === 0 ? 0 : 1
  }

  #expect(byte: number, wanted: number, next: Step): void {
    if (byte !== wanted) throw malformed()
    this.#step = next
  }

  #readTrailers(bytes: Buffer, at: number): number {
    const next = this.#trailers.read(bytes, at)
    if (next < 0) return bytes.length
    const { start, end } = this.#trailers
    const found = this.#trailers.bytes
    if (found[start + 1] !== lineFeed) throw malformed()
    skipTrailers(found, start + 2, end)
    this.done = true
    return next
  }
}

const hexDigit = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 0x20
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

const malformed = (): UpstreamBroke => new UpstreamBroke('The provider’s answer is not HTTP/1.1: one of its chunks.')
