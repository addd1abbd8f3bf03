import type { HeaderList } from '../egress/http1/header-list.ts'
import { noHeaders } from '../egress/http1/header-list.ts'
import type { MaskStream, SecretMask } from '../egress/secret-mask.ts'
import { UpstreamBroke, type UpstreamCall, type UpstreamHandler } from '../egress/upstream-call.ts'
import { ContentDecoder, codingsOf } from './content-decoder.ts'

/** Whoever relays the answer, and reads its usage. */
export interface AnswerReceiver extends UpstreamHandler {
  /** A decoded piece of an answer that goes on as it is coded; false when no more is needed. */
  onPlainData(piece: Buffer): void
}

/** An error up to here is held, so that the credential can be blanked in it; a larger one that echoes it is cut. */
const maxHeldBytes = 1_000_000
const maxHeldPlainBytes = 4_000_000
/** Coded pieces that wait for the decoder; past this the provider has to wait too. */
const maxWaitingBytes = 1_000_000
/** No answer whose coding saves that much is longer: a small body that decodes without end is cut. */
const maxExpandedBytes = 64 * 1024 * 1024
const maxExpansion = 200

/**
 * Stands between transport and relay. Of a coded answer it lets a piece go on only when that has been decoded and looked
 * through: a 2xx that echoes the credential is cut before the piece with its end, an error has it blanked and goes on plain.
 * An answer without a coding passes at once; the relay blanks the credential in it.
 */
export class ScannedAnswer implements UpstreamHandler, UpstreamCall {
  readonly #receiver: AnswerReceiver
  readonly #mask: SecretMask
  #call: UpstreamCall | undefined
  #decoder: ContentDecoder | undefined
  #scan: MaskStream | undefined
  #head: { readonly status: number; readonly headers: HeaderList } = { status: 0, headers: noHeaders }
  /** What is held of an error; undefined for everything else. */
  #held: Buffer[] | undefined
  #plain: Buffer[] = []
  #heldBytes = 0
  #codedBytes = 0
  #plainBytes = 0
  #waitingBytes = 0
  #echoed = false
  #tooLong = false
  #over = false
  #wantsPause = false
  #steps: Promise<void> | undefined

  constructor(receiver: AnswerReceiver, mask: SecretMask) {
    this.#receiver = receiver
    this.#mask = mask
  }

  get paused(): boolean {
    return this.#wantsPause
  }

  pause(): void {
    this.#wantsPause = true
    this.#call?.pause()
  }

  resume(): void {
    this.#wantsPause = false
    if (this.#waitingBytes <= maxWaitingBytes) this.#call?.resume()
  }

  abort(reason: Error): void {
    this.#call?.abort(reason)
  }

  onDispatch(call: UpstreamCall): void {
    this.#call = call
    this.#receiver.onDispatch(this)
  }

  onRequestStart(): void {
    this.#receiver.onRequestStart()
  }

  onResponseStart(status: number, headers: HeaderList): void {
    const encoding = headers.get('content-encoding')
    const codings = encoding === undefined ? [] : codingsOf(encoding)
    if (codings !== undefined && codings.length > 0) {
      this.#head = { status, headers }
      this.#scan = this.#mask.stream()
      this.#decoder = new ContentDecoder(codings, {
        onPlain: (piece) => this.#look(piece),
        onFlood: () => {
          this.#tooLong = true
        },
      })
      if (status >= 400) {
        this.#held = []
        return
      }
    }
    this.#receiver.onResponseStart(status, headers)
  }

  onResponseData(piece: Buffer): void {
    const decoder = this.#decoder
    if (decoder === undefined) {
      this.#receiver.onResponseData(piece)
      return
    }
    this.#codedBytes += piece.length
    this.#waitingBytes += piece.length
    if (this.#waitingBytes > maxWaitingBytes) this.#call?.pause()
    this.#queue((done) =>
      decoder.push(piece, () => {
        this.#waitingBytes -= piece.length
        this.#passOn(piece)
        if (!this.#over && !this.#wantsPause && this.#waitingBytes <= maxWaitingBytes) this.#call?.resume()
        done()
      }),
    )
  }

  onResponseEnd(): void {
    const decoder = this.#decoder
    if (decoder === undefined) {
      this.#receiver.onResponseEnd()
      return
    }
    this.#queue((done) =>
      decoder.end(() => {
        if (!this.#over) this.#finish()
        done()
      }),
    )
  }

  onResponseError(error: Error): void {
    if (this.#decoder === undefined) {
      this.#receiver.onResponseError(error)
      return
    }
    // What came before the break goes on first.
    this.#queue((done) => {
      this.#fail(error)
      done()
    })
  }

  #queue(step: (done: () => void) => void): void {
    const run = () => (this.#over ? undefined : new Promise<void>(step))
    this.#steps = this.#steps === undefined ? run() : this.#steps.then(run)
  }

  /** False when nothing more is to be decoded. */
  #look(piece: Buffer): boolean {
    this.#plainBytes += piece.length
    const scan = this.#scan as MaskStream
    if (!this.#echoed) this.#echoed = scan.found(piece)
    if (this.#held !== undefined && this.#plainBytes <= maxHeldPlainBytes) this.#plain.push(piece)
    this.#tooLong = this.#plainBytes > maxExpandedBytes && this.#plainBytes > maxExpansion * this.#codedBytes
    if (!this.#tooLong) this.#receiver.onPlainData(piece)
    return !this.#tooLong
  }

  #passOn(piece: Buffer): void {
    if (this.#over) return
    if (this.#held !== undefined) {
      this.#held.push(piece)
      this.#heldBytes += piece.length
      if (this.#heldBytes > maxHeldBytes || this.#plainBytes > maxHeldPlainBytes) this.#release()
      return
    }
    if (this.#echoed || this.#tooLong) this.#cut()
    else this.#receiver.onResponseData(piece)
  }

  /** An error that is too large to be held goes on like any other answer. */
  #release(): void {
    if (this.#echoed || this.#tooLong) {
      this.#cut()
      return
    }
    const held = this.#held ?? []
    this.#held = undefined
    this.#plain = []
    this.#receiver.onResponseStart(this.#head.status, this.#head.headers)
    for (const piece of held) this.#receiver.onResponseData(piece)
  }

  #finish(): void {
    const { status, headers } = this.#head
    if (this.#held !== undefined && this.#echoed && this.#plainBytes <= maxHeldPlainBytes) {
      this.#over = true
      this.#receiver.onResponseStart(status, headers.without('content-encoding', 'content-length'))
      this.#receiver.onResponseData(this.#mask.bytes(Buffer.concat(this.#plain)))
      this.#receiver.onResponseEnd()
      return
    }
    if (this.#held !== undefined) this.#release()
    else if (this.#echoed || this.#tooLong) this.#cut()
    if (this.#over) return
    this.#over = true
    this.#receiver.onResponseEnd()
  }

  #cut(): void {
    const error = new UpstreamBroke('The provider’s answer has the credential in it, or does not end.')
    this.#fail(error)
    this.#call?.abort(error)
  }

  #fail(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#decoder?.stop()
    // The status of a held error decides what the call costs.
    if (this.#held !== undefined) this.#receiver.onResponseStart(this.#head.status, this.#head.headers)
    this.#held = undefined
    this.#plain = []
    this.#receiver.onResponseError(error)
  }
}
