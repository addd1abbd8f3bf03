import { UpstreamBroke } from '../upstream-call.ts'
import { type AnswerHead, readAnswerHead } from './answer-head.ts'
import { ChunkReader } from './chunk-reader.ts'
import { SectionReader } from './section-reader.ts'

/** What an {@link AnswerReader} reports, in this order: one head, any number of pieces, one end. */
export interface AnswerSink {
  onHead(head: AnswerHead): void
  /** A part of what was read, not a copy. */
  onBody(piece: Buffer): void
  /** @param surplus More bytes follow the answer, or may: the next one could not be told from them. */
  onEnd(surplus: boolean): void
}

/** `idle` before and after an answer. */
type Step = 'idle' | 'head' | 'no-body' | 'length' | 'chunks' | 'until-close'

/** A provider may send any number of them; nobody waits for all. */
const mostInformational = 100

/** Reads the answers of one connection, one at a time, wherever the network splits them. */
export class AnswerReader {
  readonly #sink: AnswerSink
  readonly #section = new SectionReader()
  readonly #chunks = new ChunkReader()
  #step: Step = 'idle'
  #headOnly = false
  #informational = 0
  /** Of a body with a length. */
  #left = 0

  constructor(sink: AnswerSink) {
    this.#sink = sink
  }

  /** An answer is awaited; one to `HEAD` has no body, whatever it says. */
  begin(headOnly: boolean): void {
    this.#step = 'head'
    this.#headOnly = headOnly
    this.#informational = 0
  }

  /** Forgets the answer under way; the sink hears no more of it. */
  stop(): void {
    this.#step = 'idle'
    this.#section.clear()
  }

  /**
   * Takes what came over the connection.
   *
   * @throws {UpstreamBroke} for what is no answer; the connection is of no more use.
   */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && this.#step !== 'idle') at = this.#read(bytes, at)
  }

  /**
   * The connection has ended.
   *
   * @throws {UpstreamBroke} for an answer that is not whole.
   */
  close(): void {
    if (this.#step === 'idle') return
    if (this.#step !== 'until-close') throw new UpstreamBroke('The provider closed the connection inside its answer.')
    this.#end(true)
  }

  #read(bytes: Buffer, at: number): number {
    if (this.#step === 'head') return this.#readHead(bytes, at)
    if (this.#step === 'chunks') return this.#readChunks(bytes, at)
    if (this.#step === 'length') return this.#readLength(bytes, at)
    this.#sink.onBody(at === 0 ? bytes : bytes.subarray(at))
    return bytes.length
  }

  #readHead(bytes: Buffer, at: number): number {
    const next = this.#section.read(bytes, at)
    if (next < 0) return bytes.length
    const head = readAnswerHead(this.#section.bytes, this.#section.start, this.#section.end)
    this.#section.clear()
    if (head.status < 200) this.#skip(head)
    else this.#beginBody(head, next < bytes.length)
    return next
  }

  #skip({ status }: AnswerHead): void {
    if (status === 101) throw new UpstreamBroke('The provider switched to a protocol that nobody asked for.')
    if (++this.#informational > mostInformational) throw new UpstreamBroke('The provider never came to its answer.')
  }

  #beginBody(head: AnswerHead, more: boolean): void {
    const { status, length, chunked } = head
    const empty = this.#headOnly || status === 204 || status === 304
    this.#step =
      empty || length === 0 ? 'no-body' : chunked ? 'chunks' : length === undefined ? 'until-close' : 'length'
    this.#left = length ?? 0
    if (chunked) this.#chunks.begin()
    this.#sink.onHead(head)
    // Some servers send the body all the same that such an answer only describes.
    if (this.#step === 'no-body') this.#end(more || (empty && (chunked || this.#left > 0)))
  }

  #readLength(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    this.#sink.onBody(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    if (this.#left === 0 && this.#step === 'length') this.#end(end < bytes.length)
    return end
  }

  #readChunks(bytes: Buffer, at: number): number {
    const next = this.#chunks.read(bytes, at)
    const { data, done } = this.#chunks
    if (done) this.#end(next < bytes.length)
    else if (data !== undefined) this.#sink.onBody(data)
    return next
  }

  #end(surplus: boolean): void {
    this.#step = 'idle'
    this.#sink.onEnd(surplus)
  }
}
