import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { VendoError } from '@vendo/contract'
import { askForBody } from './ask-for-body.ts'
import { buffersPassed } from './buffers-passed.ts'
import { bodyTooLarge } from './read-body.ts'
import type { Incoming, MeteredRequest } from './records.ts'
import { asVendoError } from './refuse.ts'
import { RelayAborted } from './relay-end.ts'
import type { UploadGate } from './upload-gate.ts'

/** How an upload is let through. */
export interface UploadTerms {
  readonly mostBytes: number
  /** Absent: nobody looks inside. */
  readonly gate?: UploadGate
}

/** How much of an upload lies in the broker at most, beside what the sockets themselves hold. */
const mostWaitingBytes = 64 * 1024

/**
 * A request body that goes to the provider as it arrives, as fast as the provider takes it. Nothing is read before the
 * provider's connection asks for it. Ending it early leaves the client's connection open, so that an answer still reaches a
 * client that is sending; `outliveAnswer` sees to the rest.
 */
export class UploadBody extends Readable {
  readonly #message: IncomingMessage
  readonly #answer: ServerResponse
  readonly #mostBytes: number
  readonly #gate: UploadGate | undefined
  #taken = 0
  #begun = false
  #refusal: VendoError | undefined

  constructor({ message, answer }: Pick<Incoming, 'message' | 'answer'>, { mostBytes, gate }: UploadTerms) {
    super({ highWaterMark: mostWaitingBytes })
    this.#message = message
    this.#answer = answer
    this.#mostBytes = mostBytes
    this.#gate = gate
    // Whoever sends it listens too, but not to the very end.
    this.on('error', () => undefined)
  }

  /** Whether any of it may have been read: then it cannot be sent again. */
  get begun(): boolean {
    return this.#begun
  }

  /** What its form asks for, from when the provider could begin. */
  get metered(): MeteredRequest | undefined {
    return this.#gate?.metered
  }

  /** Why the broker itself ended it, where that is the client's doing. */
  get refusal(): VendoError | undefined {
    return this.#refusal
  }

  override _read(): void {
    if (!this.#begun) this.#begin()
    this.#message.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#message.off('data', this.#take).off('end', this.#end).off('close', this.#lose)
    done(error)
  }

  #begin(): void {
    this.#begun = true
    const message = this.#message
    if (message.destroyed) {
      this.#lose()
      return
    }
    askForBody(message, this.#answer)
    message.on('data', this.#take).once('end', this.#end).once('close', this.#lose)
    // A socket error is followed by `close`, which is where it counts.
    message.on('error', () => undefined)
  }

  readonly #take = (chunk: Buffer): void => {
    this.#taken += chunk.length
    buffersPassed(chunk.length)
    if (this.#taken > this.#mostBytes) this.#refuse(bodyTooLarge(this.#mostBytes))
    else this.#pass(() => this.#gate?.push(chunk) ?? [chunk])
  }

  readonly #end = (): void => {
    const gate = this.#gate
    if (gate !== undefined) this.#pass(() => [gate.end()])
    if (!this.destroyed) this.push(null)
  }

  #pass(next: () => readonly Buffer[]): void {
    let pieces: readonly Buffer[]
    try {
      pieces = next()
    } catch (error) {
      this.#refuse(asVendoError(error))
      return
    }
    let roomy = true
    for (const piece of pieces) roomy = this.push(piece)
    if (!roomy) this.#message.pause()
  }

  #refuse(refusal: VendoError): void {
    this.#refusal = refusal
    this.destroy(refusal)
  }

  readonly #lose = (): void => {
    if (!this.#message.complete) this.destroy(new RelayAborted('client_gone'))
  }
}
