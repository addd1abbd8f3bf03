import { GrowableBytes } from '../bytes/growable-bytes.ts'
import { parseMembers } from '../bytes/json-members.ts'
import type { UsageReader, UsageReading } from '../usage-reading.ts'
import type { AnswerFormat } from './answer-format.ts'
import { emptyAnswer } from './answer-state.ts'
import { toUsageReading } from './to-usage-reading.ts'

/** Reads one JSON body, once it is asked for. The visible output is bounded by the length of the body; an error has none. */
export class BodyUsageReader implements UsageReader {
  readonly #format: AnswerFormat
  readonly #maxBodyBytes: number
  readonly #body = new GrowableBytes()
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
    if (this.#bytes > this.#maxBodyBytes) this.#body.clear()
    else this.#body.append(chunk)
  }

  read(): UsageReading {
    this.#reading ??= this.#parse()
    return this.#reading
  }

  #parse(): UsageReading {
    const tooLarge = this.#bytes > this.#maxBodyBytes
    const members = tooLarge ? undefined : parseMembers(this.#body.view())
    const unreadable = tooLarge ? ['body_too_large'] : this.#bytes === 0 ? [] : ['unreadable_body']
    const state = members === undefined ? emptyAnswer : this.#format.readBody(emptyAnswer, members)
    return toUsageReading(this.#format, state, {
      visibleOutputBytes: state.failed && state.usage === undefined ? 0 : this.#bytes,
      flags: members === undefined ? unreadable : [],
    })
  }
}
