import type { IncomingMessage } from 'node:http'
import { createVendoError, type VendoError } from '@vendo/contract'
import { askForBody } from './ask-for-body.ts'
import type { BodyBudget, BodyHolder, FullShare } from './body-budget.ts'
import { JsonStructure, type StructureLimits } from './json-structure.ts'
import { createReadRounds } from './read-rounds.ts'
import type { Caller, Incoming } from './records.ts'
import type { PacedUpload, PaceWatch, UploadPace } from './upload-pace.ts'

/** Thrown when the client left before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client left before its request was complete.')
    this.name = 'ClientGone'
  }
}

/** A request body in memory; `release` gives its bytes back to the budget, once. */
export interface BufferedBody {
  readonly length: number
  /** All of it in one piece, which a large one is copied for. */
  readonly bytes: Buffer
  /** Hands it over as it arrived; it is empty here afterwards. */
  takeParts(): readonly Buffer[]
  release(): void
}

/** How much may be read, and how slowly it may come. */
export interface BodyLimits {
  readonly mostBytes: number
  readonly budget: BodyBudget
  readonly pace: PaceWatch
}

/** Whose body is read, and what it may consist of where that is JSON that will be parsed. */
export interface BodyAsked {
  readonly caller: Caller
  readonly structure: StructureLimits | undefined
}

/**
 * Reads a whole request body. Its structure is counted as it arrives, so that one of too many pieces is refused before most
 * of it was read, and a large one is read in turns with everybody else's.
 *
 * @throws {VendoError} `unsupported_encoding` when it is compressed, `request_too_large`, `request_timeout` when it comes too
 *   slowly, `validation_failed` when it has too many pieces, or `overloaded` when the broker, the tenant or the key holds too
 *   many bodies already.
 * @throws {ClientGone} when the client leaves first.
 */
export const readBody = (
  { message, answer }: Pick<Incoming, 'message' | 'answer'>,
  limits: BodyLimits,
  { caller: { key, tenantId }, structure }: BodyAsked,
): Promise<BufferedBody> =>
  new Promise((resolve, reject) => {
    assertUncompressed(message)
    assertAnnouncedSize(message, limits.mostBytes)
    askForBody(message, answer)
    // Left, or sent what is no HTTP, before anybody listened: none of the events below would come any more.
    if (message.destroyed) throw new ClientGone()
    const fail = (error: unknown) => {
      unwatch()
      rounds.leave(message)
      message.removeListener('data', take)
      // Not a byte more is taken before the refusal is out; `dropRest` sees to what is left.
      message.pause()
      body.release()
      reject(error)
    }
    const onSlow = () => {
      answer.shouldKeepAlive = false
      fail(tooSlow(limits.pace.pace))
    }
    const body = new BodyInParts(limits, { holder: { keyId: key.id, tenantId }, structure, onSlow })
    const unwatch = limits.pace.watch(body)
    const take = (chunk: Buffer) => {
      try {
        body.add(chunk)
      } catch (error) {
        fail(error)
        return
      }
      if (body.takenBytes > maxAtOnceBytes) rounds.wait(message)
    }
    message.on('data', take)
    message.once('end', () => {
      unwatch()
      body.whole = true
      resolve(body)
    })
    const lose = () => {
      if (!body.whole) fail(new ClientGone())
    }
    message.once('error', lose)
    message.once('close', lose)
  })

/** Pieces that are smaller are copied together: a client may send its body byte by byte, and each piece costs more than it holds. */
const smallBytes = 4 * 1024
const joinedBytes = 64 * 1024

/** A body that is larger is read in rounds with the others: else Node would take 2 MB of each connection in one turn. */
const maxAtOnceBytes = 256 * 1024
const rounds = createReadRounds(8, (round) => void setImmediate(round))

interface BodyTerms {
  readonly holder: BodyHolder
  readonly structure: StructureLimits | undefined
  onSlow(): void
}

class BodyInParts implements BufferedBody, PacedUpload {
  whole = false
  readonly onSlow: () => void
  readonly #limits: BodyLimits
  readonly #holder: BodyHolder
  readonly #structure: JsonStructure | undefined
  #chunks: Buffer[] = []
  /** Where small pieces are copied to, and how much of it is used. */
  #joined: Buffer | undefined
  #joinedUsed = 0
  #taken = 0
  #released = false

  constructor(limits: BodyLimits, { holder, structure, onSlow }: BodyTerms) {
    this.#limits = limits
    this.#holder = holder
    this.#structure = structure && new JsonStructure(structure)
    this.onSlow = onSlow
  }

  get length(): number {
    return this.#taken
  }

  get takenBytes(): number {
    return this.#taken
  }

  get bytes(): Buffer {
    this.#closeJoined()
    const [first] = this.#chunks
    if (first !== undefined && this.#chunks.length === 1) return first
    const bytes = Buffer.concat(this.#chunks, this.#taken)
    this.#chunks = [bytes]
    return bytes
  }

  takeParts(): readonly Buffer[] {
    this.#closeJoined()
    return this.#chunks.splice(0)
  }

  add(chunk: Buffer): void {
    const { mostBytes, budget } = this.#limits
    if (this.#taken + chunk.length > mostBytes) throw bodyTooLarge(mostBytes)
    this.#structure?.add(chunk)
    const full = this.#released ? undefined : budget.take(this.#holder, chunk.length)
    if (full !== undefined) throw noRoom(full)
    this.#taken += chunk.length
    // The first piece is nearly always the whole body.
    if (chunk.length >= smallBytes || (this.#chunks.length === 0 && this.#joined === undefined)) {
      this.#closeJoined()
      this.#chunks.push(chunk)
    } else this.#join(chunk)
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    this.#limits.budget.give(this.#holder, this.#taken)
    this.#chunks = []
    this.#joined = undefined
  }

  #join(chunk: Buffer): void {
    if (this.#joinedUsed + chunk.length > joinedBytes) this.#closeJoined()
    this.#joined ??= Buffer.allocUnsafeSlow(joinedBytes)
    chunk.copy(this.#joined, this.#joinedUsed)
    this.#joinedUsed += chunk.length
  }

  #closeJoined(): void {
    if (this.#joined !== undefined) this.#chunks.push(this.#joined.subarray(0, this.#joinedUsed))
    this.#joined = undefined
    this.#joinedUsed = 0
  }
}

const noRoom = (full: FullShare): VendoError => {
  const holder = full === 'broker' ? 'The broker holds' : `The broker holds, for this ${full},`
  return createVendoError(`${holder} too many request bodies just now.`, { code: 'overloaded', retryAfter: 1 })
}

const tooSlow = ({ graceMs, minBytesPerSecond }: UploadPace): VendoError =>
  createVendoError(`The request body came more slowly than ${minBytesPerSecond} bytes per second for ${graceMs} ms.`, {
    code: 'request_timeout',
  })

/**
 * Refuses a body that cannot be read as it goes by.
 *
 * @throws {VendoError} `unsupported_encoding`
 */
export const assertUncompressed = (message: Pick<IncomingMessage, 'headers'>): void => {
  const encoding = message.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw createVendoError(`A request body with content-encoding ${encoding} cannot be metered.`, {
    code: 'unsupported_encoding',
  })
}

/**
 * Refuses a body whose announced length is too large before any of it is read.
 *
 * @throws {VendoError} `request_too_large`
 */
export const assertAnnouncedSize = ({ headers }: IncomingMessage, mostBytes: number): void => {
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw bodyTooLarge(mostBytes)
}

/** The refusal of a body of more than so many bytes: `request_too_large`. */
export const bodyTooLarge = (mostBytes: number): VendoError =>
  createVendoError(`The request body is larger than ${Math.floor(mostBytes / 1_000_000)} MB.`, {
    code: 'request_too_large',
  })
