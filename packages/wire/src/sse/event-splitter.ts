import { ascii, encodeText, startsWithAt, withoutByteOrderMark } from '../bytes/ascii.ts'
import { GrowableBytes } from '../bytes/growable-bytes.ts'
import { isPlainChunk, plainDataEnd, plainDataStart } from './plain-event.ts'

/** Called with the data of one whole event. The bytes are a window: valid during the call only. */
export type OnEventData = (data: Uint8Array) => void

/** Called with the place of an event's data in a chunk. */
export type OnEventWindow = (chunk: Uint8Array, start: number, end: number) => void

const dataField = encodeText('data')
const otherFields = ['event', 'id', 'retry'].map(encodeText)
const newline = Uint8Array.of(ascii.lineFeed)

/**
 * Cuts an event stream into the data of its events, whatever the chunks are: LF, CRLF and CR, a byte order mark, comments,
 * several data lines. Bytes are copied only for an event that a chunk boundary cuts, and an event larger than the limit
 * is skipped and noted, never kept.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class EventSplitter {
  readonly #maxEventBytes: number
  /** The unfinished line that earlier chunks began. */
  readonly #line = new GrowableBytes()
  /** The data of the unfinished event, where it had to be kept beyond its chunk or has several lines. */
  readonly #data = new GrowableBytes()
  /** The only data line so far, as a window on the present chunk. */
  #window: Uint8Array | undefined
  #hasData = false
  #eventBytes = 0
  #skipping = false
  #afterCarriageReturn = false
  #firstLine = true
  #skippedBytes = 0
  #tooLarge = false
  #foreign = false
  #begun = false

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes
  }

  /** An event exceeded the limit and was skipped. */
  get tooLarge(): boolean {
    return this.#tooLarge
  }

  /** Bytes of events that were skipped for their size. */
  get skippedBytes(): number {
    return this.#skippedBytes
  }

  /** Before the first data, a line was seen that no event stream has, as in an HTML page. */
  get foreign(): boolean {
    return this.#foreign
  }

  /** No byte of an unfinished event or line was pushed. */
  get atBoundary(): boolean {
    return this.#line.length === 0 && this.#eventBytes === 0
  }

  /**
   * Shows the events that lie whole and in the plainest form at the start of a chunk, several times faster than {@link push},
   * which wants to have the rest. Returns where that begins.
   */
  takePlain(chunk: Uint8Array, onWindow: OnEventWindow): number {
    // An LF that still belongs to the CR before it may come after these events too: between events it is nothing but a blank line.
    if (!this.#begun || !this.atBoundary || chunk.length > this.#maxEventBytes || !isPlainChunk(chunk)) return 0
    let position = 0
    for (;;) {
      const start = plainDataStart(chunk, position)
      if (start < 0) return position
      const end = plainDataEnd(chunk, start)
      if (end < 0) return position
      onWindow(chunk, start, end)
      position = end + 2
    }
  }

  push(chunk: Uint8Array, onData: OnEventData): void {
    let start = 0
    if (this.#afterCarriageReturn && chunk.length > 0) {
      this.#afterCarriageReturn = false
      if (chunk[0] === ascii.lineFeed) start = 1
    }
    let carriageReturn = chunk.indexOf(ascii.carriageReturn, start)
    while (start < chunk.length) {
      if (carriageReturn >= 0 && carriageReturn < start) carriageReturn = chunk.indexOf(ascii.carriageReturn, start)
      const lineFeed = chunk.indexOf(ascii.lineFeed, start)
      const byCarriageReturn = carriageReturn >= 0 && (lineFeed < 0 || carriageReturn < lineFeed)
      const end = byCarriageReturn ? carriageReturn : lineFeed
      if (end < 0) break
      this.#finishLine(chunk.subarray(start, end), onData)
      start = end + 1
      if (!byCarriageReturn) continue
      if (start === chunk.length) this.#afterCarriageReturn = true
      else if (chunk[start] === ascii.lineFeed) start++
    }
    this.#keep(chunk.subarray(start))
  }

  /** The data of an event that no blank line has ended yet, as far as it came; a copy. */
  pendingData(): Uint8Array | undefined {
    if (this.#skipping) return undefined
    const pending = new GrowableBytes()
    if (this.#hasData) pending.append(this.#data.view())
    const line = this.#firstLine ? withoutByteOrderMark(this.#line.view()) : this.#line.view()
    const value = dataOf(line)
    if (value !== undefined) {
      if (this.#hasData) pending.append(newline)
      pending.append(value)
    }
    return this.#hasData || value !== undefined ? pending.view() : undefined
  }

  #finishLine(tail: Uint8Array, onData: OnEventData): void {
    if (this.#line.length === 0) {
      this.#readLine(tail, false, onData)
      return
    }
    this.#appendToLine(tail)
    this.#readLine(this.#line.view(), true, onData)
    this.#line.clear()
  }

  #readLine(raw: Uint8Array, borrowed: boolean, onData: OnEventData): void {
    const line = this.#firstLine ? withoutByteOrderMark(raw) : raw
    this.#firstLine = false
    if (line.length === 0) {
      this.#endEvent(onData)
      return
    }
    if (line[0] === ascii.colon) return
    this.#eventBytes += line.length
    if (this.#skipping) this.#skippedBytes += line.length
    else if (this.#eventBytes > this.#maxEventBytes) this.#skip(line.length)
    if (this.#skipping) return
    const value = dataOf(line)
    if (value !== undefined) this.#addData(value, borrowed)
    else if (!this.#begun) this.#foreign ||= !otherFields.some((field) => isField(line, field))
  }

  #addData(value: Uint8Array, borrowed: boolean): void {
    if (!this.#hasData && !borrowed) {
      this.#window = value
    } else {
      this.#keepWindow()
      if (this.#hasData) this.#data.append(newline)
      this.#data.append(value)
    }
    this.#hasData = true
    this.#begun = true
  }

  #endEvent(onData: OnEventData): void {
    const data = this.#window ?? this.#data.view()
    const complete = this.#hasData && !this.#skipping
    this.#window = undefined
    this.#hasData = false
    this.#eventBytes = 0
    this.#skipping = false
    if (complete) onData(data)
    this.#data.clear()
  }

  /** Keeps what an event or a line that the next chunk continues needs. */
  #keep(rest: Uint8Array): void {
    this.#keepWindow()
    if (rest.length > 0) this.#appendToLine(rest)
  }

  #keepWindow(): void {
    if (this.#window === undefined) return
    this.#data.append(this.#window)
    this.#window = undefined
  }

  /** A line that alone exceeds the limit is not kept: its start is enough to know what it is. */
  #appendToLine(bytes: Uint8Array): void {
    const room = this.#maxEventBytes + 1 - this.#line.length
    this.#line.append(room < bytes.length ? bytes.subarray(0, Math.max(room, 0)) : bytes)
    if (room >= bytes.length) return
    this.#skippedBytes += bytes.length - Math.max(room, 0)
    if (this.#line.view()[0] !== ascii.colon) this.#tooLarge = true
  }

  #skip(lineBytes: number): void {
    this.#tooLarge = true
    this.#skipping = true
    this.#skippedBytes += lineBytes + this.#data.length
    this.#data.clear()
    this.#window = undefined
  }
}

const isField = (line: Uint8Array, field: Uint8Array): boolean =>
  startsWithAt(line, field, 0) && (line.length === field.length || line[field.length] === ascii.colon)

const dataOf = (line: Uint8Array): Uint8Array | undefined => {
  if (!isField(line, dataField)) return undefined
  const value = line.subarray(dataField.length + 1)
  return value[0] === ascii.space ? value.subarray(1) : value
}
