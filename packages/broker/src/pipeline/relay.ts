import type { ServerResponse } from 'node:http'
import type { WireFormatName } from '@vendo/contract'
import {
  createUsageChunkFilter,
  createUsageReader,
  type Transducer,
  type UsageReader,
  type UsageReading,
} from '@vendo/wire'
import { answerHeaders, isEventStream } from '../egress/answer-headers.ts'
import { HeaderList, noHeaders } from '../egress/http1/header-list.ts'
import type { MaskStream, SecretMask } from '../egress/secret-mask.ts'
import type { UpstreamCall } from '../egress/upstream-call.ts'
import { breakOffEvent } from './break-off-event.ts'
import { type BufferedAnswer, createBufferedAnswer, type KeptAnswer } from './buffered-answer.ts'
import { ClientSide, type ClientSideEvents } from './client-side.ts'
import { codingsOf } from './content-decoder.ts'
import type { DrainGate, OnDisconnect } from './drain-policy.ts'
import { createHeartbeat, type Heartbeat, heartbeatBytes } from './heartbeat.ts'
import { endKindOf, RelayAborted, type RelayEnd } from './relay-end.ts'
import type { AnswerReceiver } from './scanned-answer.ts'

/** What one relay works with. */
export interface RelayInput {
  readonly answer: ServerResponse
  readonly requestId: string
  readonly wireFormat: WireFormatName | undefined
  readonly mask: SecretMask
  /** The credential is the operator's: the provider's 401 and 403 say nothing about the caller. */
  readonly pooled: boolean
  /** The usage of a chat stream was asked for on the client's behalf: hide it. */
  readonly usageAdded: boolean
  readonly totalMs: number
  /** Fills the silences of event streams with comment lines; absent = the bytes stay the provider's own. */
  readonly heartbeatMs: number | undefined
  readonly drains: DrainGate
  readonly onDisconnect: OnDisconnect
  /** The request's body, where it is streamed; `metered` once the provider has all that it is charged for. */
  readonly upload: { readonly metered: unknown } | undefined
  readonly clock: () => number
  /** Keeps a whole successful answer, for routes whose answers are cached. */
  readonly keep: ((answer: KeptAnswer) => void) | undefined
}

/** A body up to this size that comes in one go goes out in one write, together with its head. */
const mostWholeBytes = 65_536

/**
 * Carries one answer from the provider to the client: bytes first, then a copy to the meter. Whatever ends it resolves
 * {@link Relay.ended}, once.
 */
export class Relay implements AnswerReceiver, ClientSideEvents {
  readonly ended: Promise<RelayEnd>
  readonly #input: RelayInput
  readonly #client: ClientSide
  readonly #startedAt: number
  readonly #startedAtMonotonic = performance.now()
  readonly #total: NodeJS.Timeout
  #resolve!: (end: RelayEnd) => void
  #call: UpstreamCall | undefined
  #status: number | null = null
  #headers: HeaderList = noHeaders
  #isEventStream = false
  #ttfbMs: number | null = null
  #replaced: RelayEnd['replaced'] = null
  #reader: UsageReader | undefined
  /** The meter has failed. */
  #isUnread = false
  #isDecoded = false
  #filter: Transducer<Uint8Array, Uint8Array> | undefined
  #masked: MaskStream | undefined
  #heartbeat: Heartbeat | undefined
  /** The head waits for what comes of the body in one go, which may be all of it. */
  #headWaits = false
  #gathered: Buffer[] = []
  #gatheredBytes = 0
  /** Errors, for the credential that they may echo, and what will be kept. */
  #buffer: BufferedAnswer | undefined
  #headSent = false
  #drainTimer: NodeJS.Timeout | undefined
  #drainedBytes = 0
  #abortReason: RelayAborted | undefined
  #dispatched = false
  #over = false

  constructor(input: RelayInput) {
    this.#input = input
    this.#client = new ClientSide(input.answer, this)
    this.#startedAt = input.clock()
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#total = setTimeout(() => this.abort('timeout'), input.totalMs)
    this.#total.unref()
  }

  /** Cuts the dispatch short. */
  abort(kind: RelayAborted['kind']): void {
    if (this.#over) return
    this.#abortReason ??= new RelayAborted(kind)
    this.#call?.abort(this.#abortReason)
  }

  /** Whether this is the answer with a provider's response id, as far as it has come. */
  answers(responseId: string): boolean {
    return this.#reading()?.responseId === responseId
  }

  /** The client read everything that was waiting for it. */
  onDrain(): void {
    this.#call?.resume()
  }

  /** The client left: reads on to the usage within the drain policy, else cuts the dispatch short. */
  onGone(): void {
    if (this.#over || this.#drainTimer !== undefined) return
    const { drains, onDisconnect, upload } = this.#input
    // An upload that stops in the middle has no answer to wait for, and a free one none that anybody pays for.
    const worthless = upload !== undefined && upload.metered === undefined
    if (worthless || onDisconnect === 'abort' || this.#reading()?.complete === true || !drains.enter()) {
      this.abort('client_gone')
      return
    }
    this.#drainTimer = setTimeout(() => this.abort('client_gone'), drains.policy.mostMs)
    this.#call?.resume()
  }

  onDispatch(call: UpstreamCall): void {
    this.#call = call
    if (this.#abortReason !== undefined) call.abort(this.#abortReason)
  }

  onRequestStart(): void {
    this.#dispatched = true
  }

  onResponseStart(status: number, headers: HeaderList): void {
    this.#status = status
    this.#headers = headers
    this.#isEventStream = isEventStream(headers)
    this.#ttfbMs = this.#input.clock() - this.#startedAt
    this.#replaced = this.#replacement(status, headers)
    if (this.#replaced !== null) return
    this.#watch(headers)
    const buffered = status >= 400 || (status === 200 && this.#input.keep !== undefined)
    if (buffered) this.#buffer = createBufferedAnswer()
    else if (this.#isEventStream) this.#sendHead()
    else this.#headWaits = true
  }

  onResponseData(chunk: Buffer): void {
    if (this.#replaced !== null) return
    this.#forward(chunk)
    if (!this.#isDecoded) this.#show(chunk)
    if (this.#drainTimer === undefined) return
    this.#drainedBytes += chunk.length
    if (this.#drainedBytes > this.#input.drains.policy.mostBytes) this.abort('client_gone')
  }

  onPlainData(piece: Buffer): void {
    if (this.#reader !== undefined && this.#isDecoded) this.#show(piece)
  }

  onResponseEnd(): void {
    if (this.#endedByDeath()) {
      this.#breakOff('upstream_died')
      return
    }
    if (this.#replaced === null) this.#endAnswer()
    this.#finish('complete')
  }

  #endAnswer(): void {
    const client = this.#client
    if (this.#gatheredBytes > 0) {
      const body = this.#input.mask.bytes(this.#takeGathered())
      this.#headSent = true
      client.whole(this.#status ?? 502, this.#answerHeaders(body.length), body)
      return
    }
    if (this.#buffer !== undefined) this.#flushBuffer(this.#buffer, true)
    else if (this.#headWaits) this.#sendHead()
    if (this.#masked !== undefined) this.#write(this.#masked.end())
    for (const rest of this.#filter?.end() ?? []) client.write(rest)
    client.end()
  }

  onResponseError(error: Error): void {
    this.#breakOff(endKindOf(this.#abortReason ?? error, this.#dispatched))
  }

  /** A stream that only its connection's close delimits looks whole when its provider dies; the events tell. */
  #endedByDeath(): boolean {
    const headers = this.#headers
    if (headers.get('content-length') !== undefined || headers.get('transfer-encoding') !== undefined) return false
    if (!this.#takesInsertions() || this.#replaced !== null) return false
    const reading = this.#reading()
    return reading !== undefined && !reading.complete && !reading.final && !reading.failed
  }

  #replacement(status: number, headers: HeaderList): RelayEnd['replaced'] {
    if (this.#input.pooled && (status === 401 || status === 403)) return 'upstream_credentials_exhausted'
    return status >= 300 && status < 400 && headers.get('location') !== undefined ? 'upstream_redirect' : null
  }

  #watch(headers: HeaderList): void {
    const { wireFormat, usageAdded } = this.#input
    if (wireFormat === undefined) return
    const encoding = headers.get('content-encoding')
    this.#reader = createUsageReader({ wireFormat, contentType: this.#isEventStream ? 'sse' : 'json' })
    // Of a coded answer, whoever looks through it shows the plain bytes.
    const codings = encoding === undefined ? [] : codingsOf(encoding)
    this.#isDecoded = codings !== undefined && codings.length > 0
    const editable = !this.#isDecoded && codings !== undefined
    if (usageAdded && this.#isEventStream && editable) this.#filter = createUsageChunkFilter()
  }

  #sendHead(): void {
    const { heartbeatMs, wireFormat } = this.#input
    // Node would hold the head back until the first body byte, which for a stream is the first token.
    this.#client.head(this.#status ?? 502, this.#answerHeaders(), this.#isEventStream)
    this.#headWaits = false
    this.#headSent = true
    if (heartbeatMs === undefined || wireFormat === undefined || !this.#takesInsertions()) return
    this.#heartbeat = createHeartbeat(heartbeatMs, () => this.#beat())
  }

  #answerHeaders(wholeBytes?: number): string[] {
    const { requestId, mask } = this.#input
    const edited = this.#filter !== undefined
    return answerHeaders({
      headers: this.#headers,
      requestId,
      maskHeader: mask.text,
      isSecretName: mask.inName,
      edited,
      wholeBytes,
    })
  }

  /** Only between two events, and only to a client that reads. */
  #beat(): void {
    const free = this.#call?.paused !== true && this.#drainTimer === undefined
    if (free && this.#reader?.atEventBoundary === true && !this.#client.write(heartbeatBytes)) this.#call?.pause()
  }

  #forward(chunk: Buffer): void {
    if (this.#buffer !== undefined) {
      if (!this.#buffer.push(chunk)) this.#flushBuffer(this.#buffer, false)
      return
    }
    if (this.#headWaits) {
      this.#gather(chunk)
      return
    }
    this.#heartbeat?.touch()
    if (!this.#write(this.#maskedStream().push(chunk))) this.#call?.pause()
  }

  #maskedStream(): MaskStream {
    this.#masked ??= this.#input.mask.stream()
    return this.#masked
  }

  #gather(chunk: Buffer): void {
    // Runs when all that was read is looked through, and the end with it if that was there.
    if (this.#gatheredBytes === 0) queueMicrotask(() => this.#release())
    this.#gathered.push(chunk)
    this.#gatheredBytes += chunk.length
    if (this.#gatheredBytes > mostWholeBytes) this.#release()
  }

  #release(): void {
    if (this.#gatheredBytes === 0 || this.#over) return
    const bytes = this.#takeGathered()
    this.#sendHead()
    if (!this.#write(this.#maskedStream().push(bytes))) this.#call?.pause()
  }

  #takeGathered(): Buffer {
    const [first] = this.#gathered
    const bytes = first !== undefined && this.#gathered.length === 1 ? first : Buffer.concat(this.#gathered)
    this.#gathered = []
    this.#gatheredBytes = 0
    return bytes
  }

  #write(bytes: Buffer): boolean {
    if (bytes.length === 0) return true
    if (this.#filter === undefined) return this.#client.write(bytes)
    let roomy = true
    for (const part of this.#filter.push(bytes)) roomy = this.#client.write(part)
    return roomy
  }

  /** The meter looks second, and whatever it throws stays here: a call that cannot be read settles as an estimate. */
  #show(chunk: Buffer): void {
    try {
      if (!this.#isUnread) this.#reader?.push(chunk)
    } catch {
      this.#isUnread = true
    }
  }

  /** What the meter learned so far; nothing, where it fails. */
  #reading(): UsageReading | undefined {
    try {
      return this.#reader?.read()
    } catch {
      return undefined
    }
  }

  #flushBuffer(buffer: BufferedAnswer, whole: boolean): void {
    const { mask, keep } = this.#input
    this.#buffer = undefined
    this.#sendHead()
    const body = whole ? mask.bytes(buffer.received()) : this.#maskedStream().push(buffer.received())
    this.#client.write(body)
    if (!whole || this.#status !== 200) return
    // Only what describes the body is kept: limits and ids are the first caller's own.
    const type = this.#headers.get('content-type') ?? 'application/json'
    const headers = new HeaderList(['content-type', type, 'content-length', String(body.length)])
    keep?.({ status: 200, headers, body })
  }

  /**
   * Upstream loss inside an answer: the provider's own error event where one fits, then an abnormal close. Never a clean
   * end. A client that has not seen the head yet gets an error of its own from whoever waits for the end.
   */
  #breakOff(kind: RelayEnd['kind']): void {
    const client = this.#client
    const { wireFormat, requestId } = this.#input
    if (this.#headSent && wireFormat !== undefined && this.#takesInsertions()) {
      const atEventBoundary = this.#reader?.atEventBoundary !== false
      client.abort(breakOffEvent({ wireFormat, kind, requestId, atEventBoundary }))
    } else if (this.#headSent) {
      client.abort()
    }
    this.#finish(kind)
  }

  /** An event of the broker's own fits into the bytes. */
  #takesInsertions(): boolean {
    return this.#isEventStream && this.#headers.get('content-encoding') === undefined
  }

  #finish(kind: RelayEnd['kind']): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#total)
    this.#heartbeat?.stop()
    if (this.#drainTimer !== undefined) {
      clearTimeout(this.#drainTimer)
      this.#input.drains.leave()
    }
    this.#tell(kind)
  }

  #tell(kind: RelayEnd['kind']): void {
    const reading = this.#reading()
    // A cut after the answer's own end lost nothing.
    const whole = kind === 'client_gone' && reading?.complete === true
    this.#resolve({
      kind: whole ? 'complete' : kind,
      status: this.#status,
      reading,
      ttfbMs: this.#ttfbMs,
      durationMs: this.#input.clock() - this.#startedAt,
      elapsedMs: performance.now() - this.#startedAtMonotonic,
      replaced: this.#replaced,
      headSent: this.#headSent,
    })
  }
}
