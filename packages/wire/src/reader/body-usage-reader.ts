import { withoutByteOrderMark } from '../bytes/ascii.ts'
import { GrowableBytes } from '../bytes/growable-bytes.ts'
import { parseMembers } from '../bytes/json-members.ts'
import { scanElements } from '../bytes/scan-elements.ts'
import type { UsageReader, UsageReading } from '../usage-reading.ts'
import type { AnswerFormat } from './answer-format.ts'
import { type AnswerState, emptyAnswer } from './answer-state.ts'
import { toUsageReading } from './to-usage-reading.ts'

const nothing = new Uint8Array(0)

/** Reads one JSON body, once it is asked for. The visible output is bounded by the length of the body; an error has none. */
export class BodyUsageReader implements UsageReader {
  readonly #format: AnswerFormat
  readonly #maxBodyBytes: number
  /** The first chunk, as it came: most bodies have only this one. */
  #first: Uint8Array = nothing
  /** All chunks, once there are several. */
  #joined: GrowableBytes | undefined
  #bytes = 0
  #reading: UsageReading | undefined

  constructor(format: AnswerFormat, maxBodyBytes: number) {
    this.#format = format
    this.#maxBodyBytes = maxBodyBytes
  }

  get atEventBoundary(): boolean {
    return this.#bytes === 0
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#reading = undefined
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBodyBytes) {
      this.#first = nothing
      this.#joined = undefined
    } else if (this.#bytes === chunk.length) this.#first = chunk
    else this.#join(chunk)
  }

  read(): UsageReading {
    this.#reading ??= this.#parse()
    return this.#reading
  }

  #join(chunk: Uint8Array): void {
    if (this.#joined === undefined) {
      this.#joined = new GrowableBytes()
      this.#joined.append(this.#first)
      this.#first = nothing
    }
    this.#joined.append(chunk)
  }

  #parse(): UsageReading {
    const tooLarge = this.#bytes > this.#maxBodyBytes
    const unreadable = tooLarge ? ['body_too_large'] : this.#bytes === 0 ? [] : ['unreadable_body']
    const read = tooLarge ? undefined : this.#readBody(this.#joined?.view() ?? this.#first)
    const state = read ?? emptyAnswer
    return toUsageReading(this.#format, state, {
      visibleOutputBytes: state.failed && state.usage === undefined ? 0 : this.#bytes,
      flags: read === undefined ? unreadable : [],
    })
  }

  #readBody(body: Uint8Array): AnswerState | undefined {
    const members = parseMembers(body)
    if (members !== undefined) return this.#format.readBody(emptyAnswer, members)
    const array = this.#format.readBodyParts === undefined ? undefined : scanElements(withoutByteOrderMark(body))
    if (array === undefined) return undefined
    const parts = array.elements.map(parseMembers).filter((part) => part !== undefined)
    const state = this.#format.readBodyParts?.(emptyAnswer, parts) ?? emptyAnswer
    return array.closed ? { ...state, complete: true } : state
  }
}
