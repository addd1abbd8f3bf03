import { ascii } from '../bytes/ascii.ts'
import { EventScan } from '../sse/event-scan.ts'
import { EventSplitter } from '../sse/event-splitter.ts'
import { afterBlankLine } from '../sse/plain-event.ts'
import type { UsageReader, UsageReading } from '../usage-reading.ts'
import type { AnswerFormat } from './answer-format.ts'
import { type AnswerState, emptyAnswer } from './answer-state.ts'
import { toUsageReading } from './to-usage-reading.ts'

/** Tokens that a model spends around a block of output (its opening, its end, the frame of a tool call), generously. */
const framingTokens = 24

/** Reads an event stream while it passes. */
export class StreamUsageReader implements UsageReader {
  readonly #format: AnswerFormat
  readonly #splitter: EventSplitter
  readonly #scan: EventScan
  #state: AnswerState = emptyAnswer
  #visibleBytes = 0
  #blocks = 0
  #events = 0
  #reading: UsageReading | undefined

  constructor(format: AnswerFormat, maxEventBytes: number) {
    this.#format = format
    this.#splitter = new EventSplitter(maxEventBytes)
    this.#scan = new EventScan(format)
  }

  get atEventBoundary(): boolean {
    return this.#splitter.atBoundary
  }

  push(chunk: Uint8Array): void {
    this.#reading = undefined
    if (this.#splitter.atBoundary) this.#pushEvents(chunk)
    else {
      const end = afterBlankLine(chunk)
      this.#splitter.push(chunk.subarray(0, end), this.#see)
      this.#pushEvents(chunk.subarray(end))
    }
    this.#scan.release()
  }

  #pushEvents(chunk: Uint8Array): void {
    const rest = this.#splitter.takePlain(chunk, this.#seeWindow)
    if (rest < chunk.length) this.#splitter.push(rest === 0 ? chunk : chunk.subarray(rest), this.#see)
  }

  read(): UsageReading {
    this.#reading ??= this.#toReading()
    return this.#reading
  }

  /** An event that no blank line has ended counts too if it is whole: some servers leave out the last line. */
  #toReading(): UsageReading {
    const pending = this.#splitter.pendingData()
    let state = this.#state
    let visibleBytes = this.#visibleBytes + this.#splitter.skippedBytes
    if (pending !== undefined) {
      this.#scan.run(pending)
      visibleBytes += this.#scan.visibleBytes
      const tried = this.#format.readEvent(state, this.#scan)
      if (isWhole(pending) && tried.flags.length === state.flags.length) state = tried
      this.#scan.release()
    }
    return toUsageReading(this.#format, state, {
      visibleOutputBytes: visibleBytes + this.#blocks > 0 ? visibleBytes + framingTokens * (1 + this.#blocks) : 0,
      flags: [
        ...(this.#splitter.tooLarge ? ['event_too_large'] : []),
        ...(this.#splitter.foreign && this.#events === 0 ? ['unreadable_body'] : []),
      ],
    })
  }

  readonly #see = (data: Uint8Array): void => this.#seeWindow(data, 0, data.length)

  readonly #seeWindow = (chunk: Uint8Array, start: number, end: number): void => {
    this.#scan.run(chunk, start, end)
    this.#events++
    this.#visibleBytes += this.#scan.visibleBytes
    const { type } = this.#scan
    if (type !== undefined && this.#format.blockStarts.has(type)) this.#blocks++
    this.#state = this.#format.readEvent(this.#state, this.#scan)
  }
}

const isWhole = (data: Uint8Array): boolean => data.at(-1) === ascii.closeBrace || data.at(-1) === ascii.closeBracket
